import { useEffect, useState } from 'preact/hooks';
import type { SavedComparison } from '../../src/protocol/comparison.ts';
import { compareView } from '../../src/protocol/webview/compare.ts';
import { messageOf, request } from '../host/connection.ts';

export interface ComparisonState {
  /** Of the run that is asked for. */
  comparison?: SavedComparison;
  loading: boolean;
  /** Why the last request gave nothing. */
  error?: string;
}

/** What a run has measured; asked for anew when another run is named. Undefined: nothing is asked for. */
export function useComparison(runId: string | undefined): ComparisonState & { retry: () => void } {
  const [state, setState] = useState<ComparisonState & { runId?: string }>({ loading: true });
  const [attempt, setAttempt] = useState(0);
  // Another attempt asks again for the same run.
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
  // Until the effect has run the state is that of another run.
  return state.runId === runId ? { ...state, retry } : { loading: runId !== undefined, retry };
}
