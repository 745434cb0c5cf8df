import { useEffect, useState } from 'preact/hooks';
import { HISTOGRAM_BARS, type WeightStatistics } from '../../src/protocol/statistics.ts';
import { weightsView } from '../../src/protocol/webview/weights.ts';
import { messageOf, request } from '../host/connection.ts';
import type { WeightsSelection } from './selection.ts';

export interface StatisticsState {
  /** The newest statistics that have arrived, from the current or an earlier request. */
  statistics?: WeightStatistics;
  /** Whether a request is pending, so that the shown statistics are out of date. */
  loading: boolean;
  /** Why the last request failed. */
  error?: string;
}

/**
 * Statistics of the selected weights. Sends one request at a time, again when the selection changes or its file is
 * replaced (`modified`), and keeps the previous answer until the next arrives.
 */
export function useStatistics(
  selection: WeightsSelection | undefined,
  modified: number | undefined,
): StatisticsState & { retry: () => void } {
  const [state, setState] = useState<StatisticsState>({ loading: true });
  const [attempt, setAttempt] = useState(0);
  const { training, concept, weights } = selection ?? {};
  // `modified` and `attempt` stand for the content of the file.
  useEffect(() => {
    if (training === undefined || concept === undefined || weights === undefined) return;
    let superseded = false;
    setState((previous) => ({ ...previous, loading: true }));
    request(weightsView.statistics, { training, concept, weights, bins: HISTOGRAM_BARS }).then(
      (statistics) => {
        if (!superseded) setState({ statistics, loading: false });
      },
      (error) => {
        if (!superseded) setState((previous) => ({ ...previous, loading: false, error: messageOf(error) }));
      },
    );
    return () => {
      superseded = true;
    };
  }, [training, concept, weights, modified, attempt]);
  return { ...state, retry: () => setAttempt((previous) => previous + 1) };
}
