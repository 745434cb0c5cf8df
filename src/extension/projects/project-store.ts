import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Project } from '../../project/load.ts';
import { Refresher } from '../refresher.ts';
import { ConfigWatcher, EXCLUDED } from './config-watcher.ts';

/** The projects of the workspace: every folder that contains a training config. */
export class ProjectStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<readonly Project[]>();
  readonly onDidChange = this.changed.event;
  /** Fires before configs that may have changed on disk are read. */
  readonly onDidChangeFiles: vscode.Event<void>;
  private readonly refresher = new Refresher(() => this.read());
  private readonly subscriptions: vscode.Disposable[];
  private loading: Promise<(folder: string) => Promise<Project>> | undefined;
  private current: readonly Project[] | undefined;

  constructor(private readonly log: vscode.LogOutputChannel) {
    const watcher = new ConfigWatcher(() => this.projects.flatMap(configsOf));
    this.onDidChangeFiles = watcher.onDidChange;
    const refresh = () => void this.refresh();
    this.subscriptions = [
      this.changed,
      watcher,
      watcher.onDidChange(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    ];
  }

  /** Sorted by folder. */
  get projects(): readonly Project[] {
    return this.current ?? [];
  }

  /** False until the workspace has been read once. */
  get loaded(): boolean {
    return this.current !== undefined;
  }

  get(folder: string): Project | undefined {
    return this.projects.find((project) => project.folder === folder);
  }

  /** Reads every project again. */
  refresh(): Promise<void> {
    return this.refresher.request();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async read(): Promise<void> {
    const trainings = await vscode.workspace.findFiles('**/*.training.{yaml,yml}', EXCLUDED);
    const folders = [...new Set(trainings.map((uri) => dirname(uri.fsPath)))].sort();
    const loaded = await Promise.all(folders.map((folder) => this.load(folder)));
    this.current = loaded.filter((project) => project !== undefined);
    this.changed.fire(this.current);
  }

  private async load(folder: string): Promise<Project | undefined> {
    try {
      this.loading ??= projectLoader();
      return await (await this.loading)(folder);
    } catch (error) {
      // Errors in the files are returned as problems; this is a folder that cannot be read at all.
      this.log.error(`${folder}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }
}

/** Paths of the files that a project was read from, including those with errors. */
function configsOf({ concepts, trainings, problems }: Project): string[] {
  return [...concepts, ...trainings].map(({ path }) => path).concat(problems.map(({ file }) => file));
}

/** Reads projects, parsing only the files that have changed. */
async function projectLoader(): Promise<(folder: string) => Promise<Project>> {
  const [{ DiskView }, { loadProject }, { rememberingReader }] = await Promise.all([
    import('../../project/disk/disk-view.ts'),
    import('../../project/load.ts'),
    import('../../project/yaml/remembering-reader.ts'),
  ]);
  const readFile = rememberingReader();
  return (folder) => loadProject(folder, new DiskView(readFile));
}
