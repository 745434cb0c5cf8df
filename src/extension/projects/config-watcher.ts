import { sep } from 'node:path';
import * as vscode from 'vscode';
import { CONCEPT_SUFFIX, TRAINING_SUFFIX } from '../../project/paths.ts';

const CONFIGS = '**/*.{concept,training}.{yaml,yml}';
/** What stages make may hold copies of configs. */
const EXCLUDED_FOLDERS = ['node_modules', 'runs', '.dnw', '.git'];
/** The same as a pattern below a folder of the workspace. */
export const EXCLUDED = `**/{${EXCLUDED_FOLDERS}}/**`;

/**
 * Tells when a concept or a training config may have come, changed or gone. Of a folder that is moved or deleted the
 * editor tells nothing but its own name: whether there are configs in it is asked here.
 */
export class ConfigWatcher implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[];

  /** @param known absolute paths of the configs that were there when they were read last */
  constructor(private readonly known: () => readonly string[]) {
    const watcher = vscode.workspace.createFileSystemWatcher('**');
    this.disposables = [
      this.changed,
      watcher,
      watcher.onDidCreate((uri) => this.appeared(uri)),
      // Of a folder: it went and came within the moments that the editor's events are gathered in.
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
  // Above the workspace such a name stands for nothing.
  const names = vscode.workspace.asRelativePath(uri, false).split('/');
  if (names.some((name) => EXCLUDED_FOLDERS.includes(name)) || !(await isFolder(uri))) return false;
  const inside = new vscode.RelativePattern(uri, CONFIGS);
  return (await vscode.workspace.findFiles(inside, EXCLUDED, 1)).length > 0;
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch {
    // Gone already.
    return false;
  }
}
