import { sep } from 'node:path';
import * as vscode from 'vscode';
import { CONCEPT_SUFFIX, TRAINING_SUFFIX } from '../../project/paths.ts';

const CONFIGS = '**/*.{concept,training}.{yaml,yml}';
/** The output of stages may contain copies of configs. */
const EXCLUDED_FOLDERS = ['node_modules', 'runs', '.dnw', '.git'];
/** The same as a glob pattern below a workspace folder. */
export const EXCLUDED = `**/{${EXCLUDED_FOLDERS}}/**`;

/**
 * Reports when a concept or a training config may have been created, changed or deleted. For a folder that is moved or
 * deleted, the editor reports only the folder itself, so this looks for configs in it.
 */
export class ConfigWatcher implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[];

  /** @param known absolute paths of the configs found by the last reading */
  constructor(private readonly known: () => readonly string[]) {
    const watcher = vscode.workspace.createFileSystemWatcher('**');
    this.disposables = [
      this.changed,
      watcher,
      watcher.onDidCreate((uri) => this.appeared(uri)),
      // A change of a folder: it was deleted and created again while the editor was batching its events.
      watcher.onDidChange((uri) => this.appeared(uri)),
      watcher.onDidDelete((uri) => this.deleted(uri)),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async appeared(uri: vscode.Uri): Promise<void> {
    if (isConfig(uri) || (await isFolderWithConfigs(uri))) this.changed.fire();
  }

  private deleted(uri: vscode.Uri): void {
    const folder = uri.fsPath + sep;
    if (isConfig(uri) || this.known().some((config) => config.startsWith(folder))) this.changed.fire();
  }
}

function isConfig({ path }: vscode.Uri): boolean {
  return CONCEPT_SUFFIX.test(path) || TRAINING_SUFFIX.test(path);
}

async function isFolderWithConfigs(uri: vscode.Uri): Promise<boolean> {
  // Above the workspace such a name has no meaning.
  const names = vscode.workspace.asRelativePath(uri, false).split('/');
  if (names.some((name) => EXCLUDED_FOLDERS.includes(name)) || !(await isFolder(uri))) return false;
  const inside = new vscode.RelativePattern(uri, CONFIGS);
  return (await vscode.workspace.findFiles(inside, EXCLUDED, 1)).length > 0;
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch {
    // Already deleted.
    return false;
  }
}
