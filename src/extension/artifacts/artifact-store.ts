import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ProjectStore } from '../projects/project-store.ts';
import { Refresher } from '../refresher.ts';
import { isActive } from '../runs/run-state.ts';
import type { RunStore } from '../runs/run-store.ts';
import { NO_ARTIFACTS, type ProjectArtifacts, readArtifacts } from './project-artifacts.ts';

/** Watchers miss files that are created in a new folder, or by another machine on a network drive. */
const POLL_MS = 5000;

/** The artifacts of every project. */
export class ArtifactStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly refresher = new Refresher(() => this.read());
  private readonly subscriptions: vscode.Disposable[];
  private watchers: vscode.Disposable[] = [];
  private readonly timer: NodeJS.Timeout;
  private byProject = new Map<string, ProjectArtifacts>();

  constructor(
    private readonly projects: ProjectStore,
    runs: RunStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      this.changed,
      projects.onDidChange(() => this.watch()),
      // A run that ended may have written artifacts.
      runs.onDidChange((changes) => {
        if (changes.some(({ run, before }) => before !== undefined && !isActive(run))) void this.refresh();
      }),
    ];
    this.timer = setInterval(() => void this.refresh(), POLL_MS);
  }

  of(project: string): ProjectArtifacts {
    return this.byProject.get(project) ?? NO_ARTIFACTS;
  }

  refresh(): Promise<void> {
    return this.refresher.request();
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const disposable of [...this.watchers, ...this.subscriptions]) disposable.dispose();
  }

  private watch(): void {
    for (const watcher of this.watchers) watcher.dispose();
    const refresh = () => void this.refresh();
    this.watchers = this.projects.projects.flatMap(({ folder }) => {
      const pattern = '{base,weight-generators,zoo,weights,.dnw}/**';
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(folder), pattern),
      );
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
    const byProject = new Map<string, ProjectArtifacts>();
    for (const { folder } of this.projects.projects) {
      try {
        byProject.set(folder, await readArtifacts(folder));
      } catch (error) {
        this.log.warn(`${folder}: ${error instanceof Error ? error.message : error}`);
      }
    }
    const before = this.byProject;
    this.byProject = byProject;
    if (!isDeepStrictEqual(before, byProject)) this.changed.fire();
  }
}
