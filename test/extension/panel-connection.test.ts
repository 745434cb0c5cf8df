import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { PanelConnection } from '../../src/extension/panels/panel-connection.ts';
import { inertLine } from '../../src/protocol/inert-text.ts';
import { viewAction, viewProblem } from '../../src/protocol/webview/common.ts';
import { compareView } from '../../src/protocol/webview/compare.ts';
import { runTarget, runView } from '../../src/protocol/webview/run.ts';
import { type CheckedRequest, checked, MessageError } from '../../src/protocol/webview/schema.ts';
import { tensorsView } from '../../src/protocol/webview/tensors.ts';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { weightsView } from '../../src/protocol/webview/weights.ts';

vi.mock('vscode', async () => ({
  ...(await import('./fake-vscode.ts')),
  commands: { executeCommand: () => undefined },
}));
const { handlers } = vi.hoisted(() => ({ handlers: new Map<string, (message: unknown) => unknown>() }));
vi.mock('vscode-messenger', () => ({
  Messenger: class {
    registerWebviewPanel() {}
    sendNotification() {}
    onRequest({ method }: { method: string }, handler: (message: unknown) => unknown) {
      handlers.set(method, handler);
    }
    onNotification = this.onRequest;
  },
}));

const logged: string[] = [];
function connection(): PanelConnection {
  const panel = { visible: true, onDidChangeViewState() {}, onDidDispose() {} };
  return new PanelConnection(panel as never, { error: (line: unknown) => void logged.push(String(line)) });
}
/** What the page is told: the answer, or the error's message. */
async function ask({ method }: { method: string }, message: unknown): Promise<unknown> {
  try {
    return { answer: await handlers.get(method)!(message) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

beforeEach(() => {
  handlers.clear();
  logged.length = 0;
});

describe('a request that does not fit', () => {
  const cases: [CheckedRequest<never, unknown>, unknown, string][] = [
    [runView.showEvents, -1, "The view's request run/showEvents does not fit: less than 1."],
    [runView.showEvents, '1', "The view's request run/showEvents does not fit: expected number."],
    [
      runView.openArtifact,
      { kind: 'base', file: 'a', project: '/' },
      'The view\'s request run/openArtifact does not fit: unknown key "project".',
    ],
    [
      weightsView.statistics,
      { training: 't', concept: 'c', weights: 'denoised', bins: 9, project: '/etc' },
      'The view\'s request weights/statistics does not fit: unknown key "project".',
    ],
    [
      translateView.giveImage,
      { kind: 'bytes', name: 'n', data: [1, 2] },
      "The view's request translate/giveImage does not fit: data: expected bytes, at most 512 MiB.",
    ],
    [
      translateView.translate,
      { training: 't', concept: 'c', weights: 'w', image: 'i', size: 8 },
      "The view's request translate/translate does not fit: size: less than 16.",
    ],
    [
      translateView.save,
      { name: 'x.png', data: 'text' },
      "The view's request translate/save does not fit: data: expected bytes, at most 512 MiB.",
    ],
    [compareView.openRun, null, "The view's request compare/openRun does not fit: expected string."],
    [tensorsView.scan, { file: '/etc' }, "The view's request tensors/scan does not fit: expected nothing."],
    [
      tensorsView.histogram,
      { tensor: 'a', bins: 1e9 },
      "The view's request tensors/histogram does not fit: bins: more than 512.",
    ],
    [viewAction, 7, "The view's request action does not fit: expected object."],
  ] as never;

  test.each(cases.map(([type, ...rest]) => [type.method, type, ...rest] as const))(
    '%s is refused and logged',
    async (_, type, message, refused) => {
      const answer = vi.fn();
      connection().onRequest(type, answer);
      expect(await ask(type, message)).toEqual({ refused });
      expect(logged).toEqual([refused]);
      expect(answer).not.toHaveBeenCalled();
    },
  );
});

test('a request that fits reaches its handler, with bytes as they are', async () => {
  const data = new Uint8Array([1, 2, 3]);
  const answer = vi.fn(() => true);
  connection().onRequest(runView.save, answer);
  expect(await ask(runView.save, { name: 'a.gif', data })).toEqual({ answer: true });
  expect(answer).toHaveBeenCalledWith({ name: 'a.gif', data });
});

test('what a page could not read is logged in one inert line', async () => {
  connection();
  handlers.get(viewProblem.method)!(`\u001b[31m${'x'.repeat(5000)}\nfaked line`);
  expect(logged).toEqual([`\\u001b[31m${'x'.repeat(995)}`]);
});

test('whatever a page sends is either refused by its schema or fits it', () => {
  const views = [runView, weightsView, translateView, compareView, tensorsView];
  const requests = views.flatMap((view) => Object.values(view)) as CheckedRequest<unknown, unknown>[];
  const outcome = (request: CheckedRequest<unknown, unknown>, message: unknown) => {
    try {
      checked(request.method, request.params, message);
      return 'fits';
    } catch (error) {
      return error instanceof MessageError && error.message === inertLine(error.message) ? 'refused' : error;
    }
  };
  const message = fc.oneof(
    fc.anything({ withBigInt: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true }),
    fc.record({ training: fc.anything(), concept: fc.anything(), image: fc.anything(), bins: fc.anything() }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...requests), message, (request, sent) => {
      expect(['fits', 'refused']).toContain(outcome(request, sent));
    }),
    { numRuns: 2000 },
  );
});

test('what a page kept of a run is checked as well', () => {
  const fits = (kept: unknown) => runTarget.safeParse(kept).success;
  const run = { project: '/p', runId: 'r' };
  expect(fits(run)).toBe(true);
  expect(fits({ ...run, overlaid: [run] })).toBe(true);
  expect(fits({ ...run, overlaid: [{ project: '/p' }] })).toBe(false);
  expect(fits({ ...run, overlaid: 'r' })).toBe(false);
  expect(fits(undefined)).toBe(false);
});
