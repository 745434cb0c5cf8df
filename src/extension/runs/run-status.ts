import type { MetricsEvent, ProgressEvent, RunEvent } from '../../protocol/events.ts';

/** What a run's events say about where it stands: the newest of each kind. */
export interface RunStatus {
  progress?: Pick<ProgressEvent, 'message' | 'done' | 'total' | 'unit' | 'etaSeconds' | 'concept'>;
  metrics?: Pick<MetricsEvent, 'step' | 'concept' | 'series' | 'values'>;
  device?: string;
  deviceReason?: string;
  /** A checkpoint exists, so that the run can go on from it. */
  checkpointed: boolean;
  /** Of the last `finished` event. */
  seconds?: number;
  error?: string;
}

export const NO_STATUS: RunStatus = { checkpointed: false };

/** The status after one more event. */
export function advance(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.type) {
    case 'started':
      // A resumed run has not ended any more.
      return { ...status, progress: undefined, seconds: undefined, error: undefined };
    case 'device':
      return { ...status, device: event.device, deviceReason: event.reason };
    case 'progress': {
      const { message, done, total, unit, etaSeconds, concept } = event;
      return { ...status, progress: { message, done, total, unit, etaSeconds, concept } };
    }
    case 'metrics': {
      const { step, concept, series, values } = event;
      return { ...status, metrics: { step, concept, series, values } };
    }
    case 'checkpoint':
      return { ...status, checkpointed: true };
    case 'finished':
      return { ...status, seconds: event.seconds, error: event.error };
    default:
      // Samples, log lines, artifacts; and what a later version may add.
      return status;
  }
}
