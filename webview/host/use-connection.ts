import * as l10n from '@vscode/l10n';
import { useEffect, useState } from 'preact/hooks';
import type { Connected, PendingState } from '../../src/protocol/webview/common.ts';
import type { CheckedNotification, CheckedRequest } from '../../src/protocol/webview/schema.ts';
import { connect, messageOf, onNotification } from './connection.ts';

export interface Connection<Target, State> {
  /** Undefined until the host has answered. */
  target: Target | undefined;
  state: State | PendingState;
}

/** Connects once, then follows `stateChanged`, which replaces the whole state. */
export function useConnection<Target, State>(
  connectType: CheckedRequest<void, Connected<Target, State>>,
  stateChanged: CheckedNotification<State>,
): Connection<Target, State> {
  const [connection, setConnection] = useState<Connection<Target, State>>({
    target: undefined,
    state: { kind: 'loading' },
  });
  useEffect(() => {
    let changed: State | undefined;
    onNotification(stateChanged, (state) => {
      changed = state;
      // Before the answer there is no target to show the state for.
      setConnection((previous) => (previous.target === undefined ? previous : { ...previous, state }));
    });
    connect(connectType).then(
      // A change that overtook the answer is the newer of the two.
      ({ target, state }) => setConnection({ target, state: changed ?? state }),
      (error) =>
        setConnection({
          target: undefined,
          state: { kind: 'error', message: l10n.t('The extension did not answer: {0}', messageOf(error)) },
        }),
    );
  }, [connectType, stateChanged]);
  return connection;
}
