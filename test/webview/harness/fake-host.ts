/**
 * Stands in for VS Code and the extension host inside the page: `acquireVsCodeApi`, the theme variables,
 * and answers to the view's requests. Runs before the view's own script.
 */
import {
  isNotificationMessage,
  isRequestMessage,
  type Message,
  type NotificationType,
} from 'vscode-messenger-common';
import { harmless, hostile } from './hostile.ts';
import { type Handlers, never, SCENARIOS } from './scenarios.ts';
import { standStill } from './stand-still.ts';

interface HarnessOptions {
  scenario: string;
  theme: string;
  /** `setState` of an earlier life of the page. */
  state?: unknown;
  hostile: boolean;
  /** Variables by theme. */
  themes: Record<string, Record<string, string>>;
}

export interface Harness {
  /** Every request and notification of the view, oldest first. */
  readonly calls: { method: string; params: unknown }[];
  /** Broken rules of the content security policy. */
  readonly violations: string[];
  /** What the view was answered, why it was not among it, oldest first. */
  readonly answers: unknown[];
  /** Texts that were drawn on canvases, where nothing else can read them. */
  readonly drawn: Set<string>;
  state: unknown;
  setTheme(theme: string): void;
  notify<P>(type: NotificationType<P>, params: P): void;
  /** Replaces answers while the page lives. */
  readonly handlers: Handlers;
  /** Resolves once every request is answered, every picture decoded, and the page has held still since. */
  settled(): Promise<void>;
}

declare global {
  var harnessOptions: HarnessOptions;
  var harness: Harness;
  var acquireVsCodeApi: () => unknown;
}

const KIND_CLASSES: Record<string, string> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
};

function setTheme(theme: string): void {
  const { style } = document.documentElement;
  while (style.length > 0) style.removeProperty(style[0]!);
  for (const [name, value] of Object.entries(harnessOptions.themes[theme]!)) style.setProperty(name, value);
  document.body.className = KIND_CLASSES[theme]!;
  document.body.dataset.vscodeThemeKind = KIND_CLASSES[theme]!;
  document.body.dataset.vscodeThemeId = theme;
}

const { scenario, theme, state } = globalThis.harnessOptions;
const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (event) =>
  violations.push(
    `${event.violatedDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`,
  ),
);

const drawn = new Set<string>();
for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
  const { fillText } = prototype;
  prototype.fillText = function (text: string, ...place: [number, number, number?]) {
    drawn.add(text);
    fillText.call(this, text, ...place);
  };
}

/** As VS Code does: the page hears of a message in a later task. */
function toView(message: Message & Record<string, unknown>): void {
  setTimeout(() => window.postMessage(message, '*'), 0);
}

/** Answers and pictures that the view waits for. */
let awaited = 0;
async function counted<T>(promise: Promise<T>): Promise<T> {
  awaited++;
  try {
    return await promise;
  } finally {
    awaited--;
  }
}

const decodeBitmap = globalThis.createImageBitmap.bind(globalThis) as (
  ...args: unknown[]
) => Promise<ImageBitmap>;
globalThis.createImageBitmap = (...args: unknown[]) => counted(decodeBitmap(...args));

async function answer(message: Message & { id: string; method: string; params?: unknown }): Promise<void> {
  const reply = {
    sender: { type: 'extension' },
    receiver: { type: 'webview', webviewId: 'view' },
    id: message.id,
  };
  const handler = harness.handlers[message.method];
  const { hostile: changed } = globalThis.harnessOptions;
  try {
    if (!handler) throw new Error(`the scenario ${scenario} has no answer to ${message.method}`);
    const params = changed ? harmless(message.params) : message.params;
    const given = handler === never ? await never() : await counted(Promise.resolve(handler(params)));
    const result = changed ? hostile(given) : given;
    harness.answers.push(result);
    toView({ ...reply, result } as never);
  } catch (error) {
    const { message } = error as Error;
    const reason = changed ? (hostile(message) as string) : message;
    harness.answers.push({ message: reason });
    toView({ ...reply, error: { message: reason } } as never);
  }
}

globalThis.harness = {
  calls: [],
  answers: [],
  violations,
  drawn,
  state,
  setTheme,
  notify: (type, params) => toView({ receiver: { type: 'broadcast' }, method: type.method, params } as never),
  handlers: {},
  settled: () => standStill(() => awaited > 0),
};
Object.assign(harness.handlers, SCENARIOS[scenario]!());
globalThis.acquireVsCodeApi = () => ({
  postMessage(message: Message & { method: string; params?: unknown }) {
    harness.calls.push({ method: message.method, params: message.params });
    if (isRequestMessage(message)) void answer(message);
    else if (!isNotificationMessage(message)) throw new Error('neither request nor notification');
  },
  getState: () => harness.state,
  setState(next: unknown) {
    harness.state = structuredClone(next);
  },
});
setTheme(theme);
