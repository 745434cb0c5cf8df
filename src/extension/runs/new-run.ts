import type { RunRequest } from '../../project/runs/run-launch.ts';

/** A run to start, without what the extension adds: the id and the overrides from the settings. */
export type NewRun = Omit<RunRequest, 'runId' | 'resume' | 'device' | 'threads' | 'tensorboard'>;

export interface QueuedRun {
  readonly request: NewRun;
  /** What the run works on, for its folder name and for display. */
  readonly name: string;
}
