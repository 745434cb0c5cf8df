import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type PendingState, type ViewAction, viewAction } from '../../src/protocol/webview/common.ts';
import { messageOf, request } from '../host/connection.ts';
import { Button, ProgressRing } from './toolkit.tsx';

/** The button that has the host do what the state offers, and says so where it could not. */
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

/** Stands where something will be shown as soon as it is there. */
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
  /** What it says of what it would show, by the kind of the state. */
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

/** A line above content that is still shown: something is out of date, or went wrong, or is under way. */
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
