import type { RunRecord, RunState } from '../../protocol/run.ts';
import type { RunStatus } from './run-status.ts';

/** A run as its folder shows it. */
export interface Run {
  /** Absolute path of the project folder. */
  readonly project: string;
  readonly id: string;
  /** Absolute path of the run folder. */
  readonly folder: string;
  /** Absent until the engine has read the project, and where the record is damaged. */
  readonly record?: RunRecord;
  /** Why the record cannot be read, and what to do. */
  readonly damage?: string;
  readonly state: RunState;
  readonly status: RunStatus;
  /** A stop was asked for. */
  readonly stopping: boolean;
}

export function isActive(run: Pick<Run, 'state'>): boolean {
  return run.state === 'running' || run.state === 'queued';
}

export function isResumable(run: Pick<Run, 'state' | 'record'>): boolean {
  return run.record !== undefined && ['failed', 'stopped', 'interrupted'].includes(run.state);
}
