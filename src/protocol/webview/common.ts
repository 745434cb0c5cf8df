import type { RunState } from '../run.ts';
import type { Stage } from '../stages.ts';
import {
  bytes,
  type CheckedNotification,
  type CheckedRequest,
  either,
  exactly,
  having,
  literal,
  maybe,
  nothing,
  notificationType,
  number,
  requestType,
  type Schema,
  text,
  word,
} from './schema.ts';

/**
 * Shared parts of the contracts between extension host and webviews. Each view has its own contract in this folder:
 * its target, its states, and its messages, which travel over `vscode-messenger`.
 *
 * A webview pulls: it sends `connect` once its script runs and gets all it needs to draw. After that the host sends
 * changes while the view is visible, at most ten per second; a newer change replaces an older one. A hidden view gets
 * no changes: its page is built again when it is shown again, and then connects again.
 * A request that fails rejects with an `Error` whose message can be shown to the user.
 * Bulk numbers are typed arrays and pictures are encoded PNG or JPEG bytes; neither travels as JSON.
 * Each message has a schema. A request that does not fit is refused; a result rejects the request; a notification leaves
 * the page as it is. The host logs all of them.
 */

/**
 * What a webview keeps with `setState`. After a window reload the host reads `target` from it to fill the panel again.
 * `view` belongs to the webview: scroll position, zoom, selection.
 */
export interface PersistedState<Target> {
  target: Target;
  view?: unknown;
}

/** A project folder, as an absolute path. */
export interface ProjectTarget {
  project: string;
}

/** One run of a project in the workspace. */
export interface RunReference extends ProjectTarget {
  runId: string;
}

/** The states that every view can be in besides showing its content. */
export type PendingState =
  | { kind: 'loading' }
  /** There is nothing to show yet; `action` is the command that would change that. */
  | { kind: 'empty'; message: string; action?: ViewAction }
  | { kind: 'error'; message: string; action?: ViewAction };

/** A button that has the host run one of the extension's commands: see `viewAction`. */
export interface ViewAction {
  label: string;
  /** The command's id; the host refuses commands that it did not offer. */
  command: string;
}

/** Runs the action that the current state offers; rejects if the state offers none. */
export const viewAction: CheckedRequest<ViewAction, void> = requestType(
  'action',
  exactly<ViewAction>({ label: text, command: text }),
  nothing,
);

/** Tells the host of a message that the page refused, so that it is logged where the user can read it. */
export const viewProblem: CheckedNotification<string> = notificationType('problem', text);

/** Answer to `connect`. Each `stateChanged` then replaces the whole `state`. */
export interface Connected<Target, State> {
  target: Target;
  state: State;
}

/** A run that works on what the view shows, for a progress line. */
export interface LiveRun {
  runId: string;
  stage: Stage;
  name: string;
  state: RunState;
  message?: string;
  done?: number;
  total?: number;
  etaSeconds?: number;
}

/** A file to be saved where the user chooses. */
export interface SaveRequest {
  /** The suggested file name, with its extension. */
  name: string;
  data: Uint8Array;
}

const action = maybe(having<ViewAction>({ label: text, command: text }));

const pending = [
  having<Extract<PendingState, { kind: 'loading' }>>({ kind: literal('loading') }),
  having<Extract<PendingState, { kind: 'empty' }>>({ kind: literal('empty'), message: text, action }),
  having<Extract<PendingState, { kind: 'error' }>>({ kind: literal('error'), message: text, action }),
];

/** The states of a view. @param ready the state in which it shows its content */
export function viewState<Ready extends { kind: 'ready' }>(
  ready: Schema<Ready>,
): Schema<PendingState | Ready> {
  return either<PendingState | Ready>('kind', ...([ready, ...pending] as Schema<PendingState | Ready>[]));
}

export function connected<Target, State>(
  target: Schema<Target>,
  state: Schema<State>,
): Schema<Connected<Target, State>> {
  return having<Connected<Target, State>>({ target, state } as never);
}

export const liveRun: Schema<LiveRun> = having<LiveRun>({
  runId: text,
  stage: word<Stage>(),
  name: text,
  state: word<RunState>(),
  message: maybe(text),
  done: maybe(number),
  total: maybe(number),
  etaSeconds: maybe(number),
});

export const saveRequest: Schema<SaveRequest> = exactly<SaveRequest>({ name: text, data: bytes });
