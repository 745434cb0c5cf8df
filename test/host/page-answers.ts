import * as vscode from 'vscode';
import { until } from './extension-under-test.ts';
import { insteadOf } from './stand-ins.ts';

/** What the extension answers to a request of a panel's page. */
export interface PageAnswer {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * Listens to what the extension tells the page of a panel that `open` opens.
 * @returns the first of its answers for which a condition holds
 */
export async function answerToPage(
  holds: (answer: PageAnswer) => boolean,
  open: () => PromiseLike<unknown>,
): Promise<PageAnswer> {
  const answered = new vscode.EventEmitter<void>();
  let found: PageAnswer | undefined;
  const { createWebviewPanel } = vscode.window;
  const listenedTo: typeof createWebviewPanel = (...args) => {
    const panel = createWebviewPanel(...args);
    const post = panel.webview.postMessage.bind(panel.webview);
    panel.webview.postMessage = (message: PageAnswer) => {
      if (found === undefined && holds(message)) found = message;
      answered.fire();
      return post(message);
    };
    return panel;
  };
  await insteadOf(vscode.window, 'createWebviewPanel', listenedTo, async () => {
    await open();
  });
  await until(answered.event, () => found !== undefined);
  answered.dispose();
  return found!;
}
