import type { RunRequest } from '../../project/runs/run-launch.ts';

/** What is to be run, without what the extension adds: the id, and what the settings say. */
export type NewRun = Omit<RunRequest, 'runId' | 'resume' | 'device' | 'threads' | 'tensorboard'>;

export interface QueuedRun {
  readonly request: NewRun;
  /** What the run is about, for its folder's name and for people. */
  readonly name: string;
}
