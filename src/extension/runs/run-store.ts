import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { projectPaths } from '../../project/paths.ts';
import { readOwner } from '../../project/runs/run-owner.ts';
import { deriveRunState, RunTail, readRunRecord, runIds } from '../../project/runs/run-record.ts';
import { shownMessage, UserError } from '../../project/user-error.ts';
import type { RunEvent } from '../../protocol/events.ts';
import { RUN_FILES, type RunState } from '../../protocol/run.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import { Refresher } from '../refresher.ts';
import { isActive, type Run } from './run-state.ts';
import { advance, NO_STATUS } from './run-status.ts';

export interface RunChange {
  readonly run: Run;
  /** The state at the previous reading; absent for a new run. */
  readonly before?: RunState;
}

/**
 * The folders are polled as well: network file systems do not report what other machines write, watchers miss files in
 * a folder that was just created, and nothing reports a process that died.
 */
const POLL_ACTIVE_MS = 1000;
const POLL_IDLE_MS = 5000;

/** All runs of all projects, whoever started them. The folders are the only state. */
export class RunStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<readonly RunChange[]>();
  /** Fires after a reading that found something new, including deleted runs (which have no change of their own). */
  readonly onDidChange = this.changed.event;
  private readonly refresher = new Refresher(() => this.read());
  private readonly tracked = new Map<string, TrackedRun>();
  private readonly subscriptions: vscode.Disposable[];
  private watchers: vscode.Disposable[] = [];
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;
  /** Folders that could not be read, to report each only once. */
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly projects: ProjectStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [this.changed, projects.onDidChange(() => this.watch())];
    this.poll();
  }

  /** Newest first. */
  get runs(): readonly Run[] {
    return [...this.tracked.values()].map(({ run }) => run).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  get(project: string, id: string): Run | undefined {
    return this.tracked.get(projectPaths(project).run(id))?.run;
  }

  /** Reads the run folders. */
  refresh(): Promise<void> {
    return this.refresher.request();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    for (const disposable of [...this.watchers, ...this.subscriptions]) disposable.dispose();
  }

  private poll(): void {
    const delay = this.runs.some(isActive) ? POLL_ACTIVE_MS : POLL_IDLE_MS;
    this.timer = setTimeout(async () => {
      await this.refresh();
      if (!this.disposed) this.poll();
    }, delay);
  }

  private watch(): void {
    for (const watcher of this.watchers) watcher.dispose();
    const refresh = () => void this.refresh();
    this.watchers = this.projects.projects.flatMap(({ folder }) => {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), 'runs/**');
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      return [
        watcher,
        watcher.onDidCreate(refresh),
        watcher.onDidChange(refresh),
        watcher.onDidDelete(refresh),
      ];
    });
    refresh();
  }

  private async read(): Promise<void> {
    const folders = await this.runFolders();
    const deleted = [...this.tracked.keys()].filter((folder) => !folders.has(folder));
    for (const folder of deleted) this.tracked.delete(folder);
    const changes: RunChange[] = [];
    for (const [folder, { project, id }] of folders) {
      const known = this.tracked.get(folder);
      const tracked = known ?? new TrackedRun(project, id, folder);
      const before = known?.run.state;
      try {
        if ((await tracked.read()) || known === undefined) changes.push({ run: tracked.run, before });
        this.tracked.set(folder, tracked);
        if (tracked.run.damage !== undefined) this.warnOnce(folder, tracked.run.damage);
        else this.unreadable.delete(folder);
      } catch (error) {
        // Deleted while being read; the others must not be affected.
        this.warnOnce(folder, error);
      }
    }
    if (changes.length > 0 || deleted.length > 0) this.changed.fire(changes);
  }

  private async runFolders(): Promise<Map<string, { project: string; id: string }>> {
    const folders = new Map<string, { project: string; id: string }>();
    for (const { folder: project } of this.projects.projects) {
      const paths = projectPaths(project);
      const entries = await readdir(paths.runs, { withFileTypes: true }).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') this.warnOnce(paths.runs, error);
          return [];
        },
      );
      for (const id of runIds(entries)) folders.set(paths.run(id), { project, id });
    }
    return folders;
  }

  private warnOnce(folder: string, error: unknown): void {
    if (!this.unreadable.has(folder)) this.log.warn(error instanceof Error ? error.message : String(error));
    this.unreadable.add(folder);
  }
}

/** The states in which the engine has read the file of the run's owner, or does not need it. */
const STARTED: ReadonlySet<RunState> = new Set(['running', 'succeeded']);

/** Follows one run folder. */
class TrackedRun {
  run: Run;
  private readonly tail: RunTail;

  constructor(project: string, id: string, folder: string) {
    this.tail = new RunTail(folder);
    this.run = { project, id, folder, state: 'queued', status: NO_STATUS, stopping: false };
  }

  /** @returns whether the run has changed */
  async read(): Promise<boolean> {
    const { folder } = this.run;
    const events: RunEvent[] = [];
    do events.push(...(await this.tail.read()));
    while (this.tail.behind);
    const read = this.run.record ? { record: this.run.record } : await readRecord(folder);
    const { record } = read;
    const { state: derived, damage: resultDamage } = await readState(folder, this.tail.lastEvent);
    const damage =
      read.damage ?? resultDamage ?? (STARTED.has(derived) ? undefined : await readOwnerDamage(folder));
    // The engine has written what is damaged: nothing is waiting for it any longer.
    const state = damage !== undefined && derived === 'queued' ? 'interrupted' : derived;
    const stopping = existsSync(join(folder, RUN_FILES.stopRequest));
    const status = events.reduce(advance, this.run.status);
    const same =
      events.length === 0 &&
      record === this.run.record &&
      damage === this.run.damage &&
      state === this.run.state &&
      stopping === this.run.stopping;
    this.run = { ...this.run, record, damage, state, status, stopping };
    return !same;
  }
}

/** In the same words as the engine when it refuses to resume the run. */
async function readOwnerDamage(folder: string): Promise<string | undefined> {
  const { damage } = await readOwner(folder);
  return damage && shownMessage(new UserError('damaged-run', damage));
}

async function readState(
  folder: string,
  lastEvent: RunEvent | undefined,
): Promise<Pick<Run, 'state' | 'damage'>> {
  try {
    return { state: await deriveRunState(folder, lastEvent) };
  } catch (error) {
    if (error instanceof UserError) return { state: 'interrupted', damage: shownMessage(error) };
    throw error;
  }
}

async function readRecord(folder: string): Promise<Pick<Run, 'record' | 'damage'>> {
  try {
    return { record: await readRunRecord(folder) };
  } catch (error) {
    // Damaged, or from another version: the run is still listed, or nobody would know why it is missing.
    if (error instanceof UserError) return { damage: shownMessage(error) };
    throw error;
  }
}
