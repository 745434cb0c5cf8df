import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type PendingState, type ViewAction, viewAction } from '../../src/protocol/webview/common.ts';
import { messageOf, request } from '../host/connection.ts';
import { Button, ProgressRing } from './toolkit.tsx';

/** A button that makes the host perform the action that the state offers, and shows an error if that fails. */
function ActionButton({ action }: { action: ViewAction }): JSX.Element {
  const [failure, setFailure] = useState<string>();
  return (
    <>
      <Button
        primary
        onClick={() => {
          setFailure(undefined);
          request(viewAction, action).catch((error) => setFailure(messageOf(error)));
        }}
      >
        {action.label}
      </Button>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
    </>
  );
}

/** A placeholder for content that is being loaded. */
export function Loading({ text }: { text: string }): JSX.Element {
  return (
    <div class="pending" role="status">
      <ProgressRing />
      <p>{text}</p>
    </div>
  );
}

/** A whole view that has nothing to draw: what is missing, why, and what would change that. */
export function Pending(props: {
  state: PendingState;
  /** The heading for each kind of state. */
  words: Record<PendingState['kind'], string>;
}): JSX.Element {
  const { state, words } = props;
  if (state.kind === 'loading') return <Loading text={words.loading} />;
  return (
    <div class={`pending pending-${state.kind}`} role={state.kind === 'error' ? 'alert' : undefined}>
      <h1>{words[state.kind]}</h1>
      <p>{state.message}</p>
      {state.action && <ActionButton action={state.action} />}
    </div>
  );
}

/** A line above content that is still shown: it is out of date, something failed, or something is in progress. */
export function Notice(props: {
  kind: 'info' | 'warning' | 'error';
  children: ComponentChildren;
  action?: { label: string; onClick: () => void };
}): JSX.Element {
  return (
    <div class={`notice notice-${props.kind}`} role={props.kind === 'error' ? 'alert' : 'status'}>
      <div class="notice-text">{props.children}</div>
      {props.action && <Button onClick={props.action.onClick}>{props.action.label}</Button>}
    </div>
  );
}
