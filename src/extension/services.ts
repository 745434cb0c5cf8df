import type * as vscode from 'vscode';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import type { Engine } from './engine/engine.ts';
import type { ProjectStore } from './projects/project-store.ts';
import type { RunStore } from './runs/run-store.ts';
import type { WaitingRuns } from './runs/waiting-runs.ts';
import type { ZooStatus } from './zoo/zoo-status.ts';

/** The services shared by all features. */
export interface Services {
  readonly log: vscode.LogOutputChannel;
  readonly projects: ProjectStore;
  readonly runs: RunStore;
  readonly waiting: WaitingRuns;
  readonly artifacts: ArtifactStore;
  readonly zoo: ZooStatus;
  readonly engine: Engine;
}
