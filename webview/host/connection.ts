import { HOST_EXTENSION } from 'vscode-messenger-common';
import { Messenger, type VsCodeApi } from 'vscode-messenger-webview';
import { config } from 'zod/mini';
import { type Connected, type PersistedState, viewProblem } from '../../src/protocol/webview/common.ts';
import { type CheckedNotification, type CheckedRequest, checked } from '../../src/protocol/webview/schema.ts';

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code provides the API only once per page. */
const api = acquireVsCodeApi();
const messenger = new Messenger(api);
messenger.start();

// The page's content security policy allows no code generated at run time.
config({ jitless: true });

/**
 * Sends a request to the extension host.
 * @throws an `Error` whose message can be shown to the user; also if the result does not fit, which the host logs
 */
export async function request<P, R>(type: CheckedRequest<P, R>, params: P): Promise<R> {
  let answer: unknown;
  try {
    answer = await messenger.sendRequest(type, HOST_EXTENSION, params);
  } catch (error) {
    // vscode-messenger rejects with the plain `{message, data}` of the response.
    throw error instanceof Error ? error : new Error(messageOf(error));
  }
  try {
    return checked(`The answer to ${type.method}`, type.result, answer);
  } catch (error) {
    reportProblem(error);
    throw error;
  }
}

/** Has the host log why a message was refused: the page's own console is rarely open. */
function reportProblem(error: unknown): void {
  messenger.sendNotification(viewProblem, HOST_EXTENSION, messageOf(error));
}

/**
 * Registers the only handler of a notification; a second registration replaces the first. A message that does not fit is
 * ignored, and logged by the host.
 */
export function onNotification<P>(type: CheckedNotification<P>, handler: (params: P) => void): void {
  messenger.onNotification(type, (message: unknown) => {
    let params: P;
    try {
      params = checked(`The notification ${type.method}`, type.params, message);
    } catch (error) {
      reportProblem(error);
      return;
    }
    handler(params);
  });
}

/** The state that this page kept before a reload; undefined the first time. */
export function readViewState<View>(): View | undefined {
  return (api.getState() as PersistedState<unknown> | undefined)?.view as View | undefined;
}

/**
 * Requests what the view shows first. Keeps the target at once, beside the state that the view kept earlier, so that
 * the panel is restored after a reload even if it had nothing to show.
 */
export async function connect<Target, State>(
  type: CheckedRequest<void, Connected<Target, State>>,
): Promise<Connected<Target, State>> {
  const connected = await request(type, undefined);
  persist(connected.target, readViewState());
  return connected;
}

/** Keeps the target, from which the host fills the panel after a reload, and the view's own selection. */
export function persist<Target>(target: Target, view: unknown): void {
  const state: PersistedState<Target> = { target, view };
  api.setState(state);
}

export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
