import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { DiskView } from '../../project/disk/disk-view.ts';
import { baseHashOf, hashFile } from '../../project/disk/file-hash.ts';
import type { Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { isWanting, type MemberState } from '../../project/zoo/member-state.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import { Refresher } from '../refresher.ts';

/** The zoo of one training config. */
export interface TrainingZoo {
  /** Identifies the zoo's folder; absent if there is no base. */
  readonly baseHash?: string;
  /** State of every concept that the config takes into the zoo, by name, in the project's order. */
  readonly members: ReadonlyMap<string, MemberState>;
}

/** Names of the concepts whose weights are missing or stale. */
export function wantedMembers({ members }: TrainingZoo): string[] {
  return [...members].filter(([, state]) => isWanting(state)).map(([name]) => name);
}

/**
 * The state of the zoo of every training config in every project. It is computed only while a view shows it, since that
 * reads the size of every image file.
 */
export class ZooStatus implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly refresher = new Refresher(() => this.read());
  private readonly subscriptions: vscode.Disposable[];
  private readonly stamped = new Map<string, { stamp: string; value: unknown }>();
  private byTraining = new Map<string, TrainingZoo>();
  private wanted = false;

  constructor(
    private readonly projects: ProjectStore,
    artifacts: ArtifactStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const refresh = () => {
      if (this.wanted) void this.refresh();
    };
    this.subscriptions = [
      this.changed,
      projects.onDidChange(refresh),
      artifacts.onDidChange(refresh),
      // Images are not watched: if they changed outside the window, the user returns to it now.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && refresh()),
    ];
  }

  /** Sets whether a view shows the zoos: a hidden view need not be up to date. */
  show(visible: boolean): void {
    this.wanted = visible;
    if (visible) void this.refresh();
  }

  /**
   * The zoo of a training config; undefined until it has been computed.
   * @param training absolute path of the config
   */
  of(training: string): TrainingZoo | undefined {
    return this.byTraining.get(training);
  }

  refresh(): Promise<void> {
    return this.refresher.request();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async read(): Promise<void> {
    const byTraining = new Map<string, TrainingZoo>();
    const { DiskView } = await import('../../project/disk/disk-view.ts');
    for (const project of this.projects.projects) {
      const view = new DiskView();
      for (const training of project.trainings) {
        try {
          const baseHash = await this.baseHash(projectPaths(project.folder).base(training.name));
          byTraining.set(training.path, await this.zooOf(project, training, baseHash, view));
        } catch (error) {
          this.log.warn(`${training.path}: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
    const before = this.byTraining;
    this.byTraining = byTraining;
    if (!isDeepStrictEqual(before, byTraining)) this.changed.fire();
  }

  private async zooOf(
    project: Project,
    training: Project['trainings'][number],
    baseHash: string | undefined,
    view: DiskView,
  ): Promise<TrainingZoo> {
    const { readMemberMetadata, zooStates } = await import('../../project/zoo/zoo-status.ts');
    const states = await zooStates(project, training, baseHash, view, (path) =>
      this.remembered(path, readMemberMetadata),
    );
    const members = new Map([...states].map(([{ name }, state]) => [name, state]));
    return { ...(baseHash !== undefined && { baseHash }), members };
  }

  private async baseHash(path: string): Promise<string | undefined> {
    const hash = await this.remembered(path, hashFile);
    return hash === undefined ? undefined : baseHashOf(hash);
  }

  /** What is made from a file, cached until the file changes; undefined if the file does not exist. */
  private async remembered<T>(path: string, make: (path: string) => Promise<T>): Promise<T | undefined> {
    let stamp: string;
    try {
      const { size, mtimeMs, ino } = await stat(path);
      stamp = `${size} ${mtimeMs} ${ino}`;
    } catch (error) {
      this.stamped.delete(path);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const known = this.stamped.get(path);
    if (known?.stamp === stamp) return known.value as T;
    const value = await make(path);
    this.stamped.set(path, { stamp, value });
    return value;
  }
}
