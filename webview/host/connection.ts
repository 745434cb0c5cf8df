import type { NotificationType, RequestType } from 'vscode-messenger-common';
import { HOST_EXTENSION } from 'vscode-messenger-common';
import { Messenger, type VsCodeApi } from 'vscode-messenger-webview';
import type { Connected, PersistedState } from '../../src/protocol/webview/common.ts';

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code hands the API out once a page. */
const api = acquireVsCodeApi();
const messenger = new Messenger(api);
messenger.start();

/** Asks the extension host. Rejects with an `Error` whose message is fit to show. */
export async function request<P, R>(type: RequestType<P, R>, params: P): Promise<R> {
  try {
    return await messenger.sendRequest(type, HOST_EXTENSION, params);
  } catch (error) {
    // vscode-messenger rejects with the plain `{message, data}` of the answer.
    throw error instanceof Error ? error : new Error(messageOf(error));
  }
}

/** Registers the only handler of a notification; a second registration replaces the first. */
export function onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): void {
  messenger.onNotification(type, handler);
}

/** What an earlier life of this page kept for itself; undefined in its first. */
export function readViewState<View>(): View | undefined {
  return (api.getState() as PersistedState<unknown> | undefined)?.view as View | undefined;
}

/**
 * Asks for what the view shows first. What it is about is kept at once, beside what the view kept earlier, so that the
 * panel comes back after a reload also where it had nothing to show.
 */
export async function connect<Target, State>(
  type: RequestType<void, Connected<Target, State>>,
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
