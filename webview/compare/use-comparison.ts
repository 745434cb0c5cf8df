import { useEffect, useState } from 'preact/hooks';
import type { SavedComparison } from '../../src/protocol/comparison.ts';
import { compareView } from '../../src/protocol/webview/compare.ts';
import { messageOf, request } from '../host/connection.ts';

export interface ComparisonState {
  /** The comparison of the requested run. */
  comparison?: SavedComparison;
  loading: boolean;
  /** Why the last request failed. */
  error?: string;
}

/** The comparison that a run measured, requested again when the run changes. Undefined requests nothing. */
export function useComparison(runId: string | undefined): ComparisonState & { retry: () => void } {
  const [state, setState] = useState<ComparisonState & { runId?: string }>({ loading: true });
  const [attempt, setAttempt] = useState(0);
  // Another attempt requests the same run again.
  useEffect(() => {
    if (runId === undefined) return;
    let superseded = false;
    setState({ loading: true, runId });
    request(compareView.comparison, runId).then(
      (comparison) => {
        if (!superseded) setState({ comparison, loading: false, runId });
      },
      (error) => {
        if (!superseded) setState({ error: messageOf(error), loading: false, runId });
      },
    );
    return () => {
      superseded = true;
    };
  }, [runId, attempt]);
  const retry = () => setAttempt((previous) => previous + 1);
  // Until the effect has run, the state belongs to another run.
  return state.runId === runId ? { ...state, retry } : { loading: runId !== undefined, retry };
}
