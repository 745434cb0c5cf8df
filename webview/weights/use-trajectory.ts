import { useRef, useState } from 'preact/hooks';
import type { DenoisingTrajectory, TrajectoryRequest } from '../../src/protocol/statistics.ts';
import { weightsView } from '../../src/protocol/webview/weights.ts';
import { messageOf, request } from '../host/connection.ts';

export interface TrajectoryState {
  /** The newest trajectory that has arrived. */
  trajectory?: DenoisingTrajectory;
  loading: boolean;
  error?: string;
}

/** A trajectory computed on request; if there are several requests, the last one's answer is shown. */
export function useTrajectory(): TrajectoryState & { draw: (wanted: TrajectoryRequest) => void } {
  const [state, setState] = useState<TrajectoryState>({ loading: false });
  const asked = useRef(0);
  const draw = (wanted: TrajectoryRequest) => {
    const turn = ++asked.current;
    setState(({ trajectory }) => ({ ...(trajectory && { trajectory }), loading: true }));
    request(weightsView.trajectory, wanted).then(
      (trajectory) => {
        if (turn === asked.current) setState({ trajectory, loading: false });
      },
      (error) => {
        if (turn === asked.current) setState({ loading: false, error: messageOf(error) });
      },
    );
  };
  return { ...state, draw };
}
