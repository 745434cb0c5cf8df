import { withCode } from '../../protocol/errors.ts';
import type {
  MemoryUse,
  MetricsEvent,
  ProgressEvent,
  RunEvent,
  SampleEvent,
  SnapshotEvent,
} from '../../protocol/events.ts';
import { keepPace, NO_PACE, type RunPace } from './run-pace.ts';

/** A snapshot of the weights that a run trains. */
export type Snapshot = Pick<SnapshotEvent, 'step' | 'concept' | 'file' | 'time'>;

/** The status of a run from its events: the newest of each kind. */
export interface RunStatus {
  progress?: Pick<ProgressEvent, 'message' | 'done' | 'total' | 'unit' | 'etaSeconds' | 'concept'>;
  metrics?: Pick<MetricsEvent, 'step' | 'concept' | 'series' | 'values'>;
  /** The latest sample image. */
  sample?: Pick<SampleEvent, 'file' | 'label' | 'concept'>;
  /** For a run of several stages: their number, and the titles of those it has reached, the current one last. */
  parts?: { total: number; titles: readonly string[] };
  memory?: MemoryUse;
  device?: string;
  deviceReason?: string;
  /** The time that its stages took. */
  pace: RunPace;
  /** Snapshots of the weights, the oldest first. */
  snapshots: readonly Snapshot[];
  /** Whether there is a checkpoint that the run can be resumed from. */
  checkpointed: boolean;
  /** Duration of the run, from its last `finished` event. */
  seconds?: number;
  error?: string;
  /** The error's code; runs of earlier engines have none. */
  errorCode?: string;
}

export const NO_STATUS: RunStatus = { pace: NO_PACE, snapshots: [], checkpointed: false };

/** The status after another event. */
export function advance(status: RunStatus, event: RunEvent): RunStatus {
  const pace = keepPace(status.pace, event);
  const next = newest(status, event);
  return pace === next.pace ? next : { ...next, pace };
}

function newest(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.type) {
    case 'started':
      // A resumed run is no longer ended, and goes through its parts again.
      return {
        ...status,
        progress: undefined,
        parts: undefined,
        memory: undefined,
        seconds: undefined,
        error: undefined,
        errorCode: undefined,
      };
    case 'stage': {
      const { index, total, title } = event;
      const titles = [...(status.parts?.titles ?? []).slice(0, index), title];
      // The progress so far belongs to the previous part.
      return { ...status, progress: undefined, parts: { total, titles } };
    }
    case 'device':
      return { ...status, device: event.device, deviceReason: event.reason };
    case 'progress': {
      const { message, done, total, unit, etaSeconds, concept, memory = status.memory } = event;
      return { ...status, progress: { message, done, total, unit, etaSeconds, concept }, memory };
    }
    case 'metrics': {
      const { step, concept, series, values } = event;
      return { ...status, metrics: { step, concept, series, values } };
    }
    case 'sample': {
      const { file, label, concept } = event;
      return { ...status, sample: { file, label, concept } };
    }
    case 'checkpoint':
      return { ...status, checkpointed: true };
    case 'snapshot': {
      const { step, concept, file, time } = event;
      // A run resumed from a checkpoint may write some snapshots again.
      const others = status.snapshots.filter((other) => other.file !== file);
      return { ...status, snapshots: [...others, { step, concept, file, time }] };
    }
    case 'finished':
      return { ...status, seconds: event.seconds, error: event.error, errorCode: event.code };
    default:
      // Log lines, artifacts, and whatever a later version may add.
      return status;
  }
}

/** A failed run's error with its code. */
export const errorText = ({ error, errorCode }: RunStatus): string | undefined =>
  error === undefined ? undefined : withCode(error, errorCode);
