import type { RunRecord, RunState } from '../../protocol/run.ts';
import type { RunStatus } from './run-status.ts';

/** The state of a run, as read from its folder. */
export interface Run {
  /** Absolute path of the project folder. */
  readonly project: string;
  readonly id: string;
  /** Absolute path of the run folder. */
  readonly folder: string;
  /** Absent until the engine has read the project, and if the record is damaged. */
  readonly record?: RunRecord;
  /** What is wrong with the record, or with the file that says who works on the run, and the remedy. */
  readonly damage?: string;
  readonly state: RunState;
  readonly status: RunStatus;
  /** Whether a stop was requested. */
  readonly stopping: boolean;
}

export function isActive(run: Pick<Run, 'state'>): boolean {
  return run.state === 'running' || run.state === 'queued';
}

export function isResumable(run: Pick<Run, 'state' | 'record' | 'damage'>): boolean {
  return (
    run.record !== undefined &&
    run.damage === undefined &&
    ['failed', 'stopped', 'interrupted'].includes(run.state)
  );
}
