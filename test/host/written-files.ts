import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/extension/identifiers.ts';

/** What a test adds to the workspace's project, until it is removed. */
export class WrittenFiles {
  private readonly paths: string[] = [];

  /** Absolute path of a file of the workspace. */
  path(file: string): string {
    return join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, file);
  }

  /** @returns its absolute path */
  write(file: string, content: string | Uint8Array): string {
    const path = this.path(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    this.add(path);
    return path;
  }

  /** Files and folders that something else makes. */
  add(...paths: string[]): void {
    this.paths.push(...paths);
  }

  /** Removes them all, and has the extension look at the disk again. */
  async remove(): Promise<void> {
    for (const path of this.paths.splice(0)) rmSync(path, { recursive: true, force: true });
    await vscode.commands.executeCommand(COMMANDS.refresh);
  }
}
