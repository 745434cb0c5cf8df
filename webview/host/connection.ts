import type { NotificationType, RequestType } from 'vscode-messenger-common';
import { HOST_EXTENSION } from 'vscode-messenger-common';
import { Messenger, type VsCodeApi } from 'vscode-messenger-webview';
import type { Connected, PersistedState } from '../../src/protocol/webview/common.ts';

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code provides the API only once per page. */
const api = acquireVsCodeApi();
const messenger = new Messenger(api);
messenger.start();

/**
 * Sends a request to the extension host.
 * @throws an `Error` whose message can be shown to the user
 */
export async function request<P, R>(type: RequestType<P, R>, params: P): Promise<R> {
  try {
    return await messenger.sendRequest(type, HOST_EXTENSION, params);
  } catch (error) {
    // vscode-messenger rejects with the plain `{message, data}` of the response.
    throw error instanceof Error ? error : new Error(messageOf(error));
  }
}

/** Registers the only handler of a notification; a second registration replaces the first. */
export function onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): void {
  messenger.onNotification(type, handler);
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
