import { sep } from 'node:path';
import * as vscode from 'vscode';

const CONFIGS = '**/*.{concept,training}.{yaml,yml}';
/** What stages make may hold copies of configs. */
export const EXCLUDED = '**/{node_modules,runs,.dnw,.git}/**';
const EXCLUDED_FOLDER = /[\\/](?:node_modules|runs|\.dnw|\.git)(?:[\\/]|$)/;

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
    const changed = () => this.changed.fire();
    const configs = vscode.workspace.createFileSystemWatcher(CONFIGS);
    const anything = vscode.workspace.createFileSystemWatcher('**');
    this.disposables = [
      this.changed,
      configs,
      configs.onDidCreate(changed),
      configs.onDidChange(changed),
      configs.onDidDelete(changed),
      anything,
      anything.onDidCreate((uri) => this.appeared(uri)),
      // Of a folder: it went and came within the moments that the editor's events are gathered in.
      anything.onDidChange((uri) => this.appeared(uri)),
      anything.onDidDelete((uri) => this.deleted(uri)),
    ];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async appeared(uri: vscode.Uri): Promise<void> {
    if (EXCLUDED_FOLDER.test(uri.fsPath) || !(await isFolder(uri))) return;
    const inside = new vscode.RelativePattern(uri, CONFIGS);
    const [config] = await vscode.workspace.findFiles(inside, EXCLUDED, 1);
    if (config !== undefined) this.changed.fire();
  }

  private deleted({ fsPath }: vscode.Uri): void {
    const folder = fsPath + sep;
    if (this.known().some((config) => config.startsWith(folder))) this.changed.fire();
  }
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch {
    // Gone already.
    return false;
  }
}
