import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension.ts';
import type { Project } from '../../src/project/load.ts';

/** The activated extension. */
export async function activateExtension(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('denoised-weights.denoised-weights');
  assert.ok(extension, 'the extension under test is not installed');
  return extension.activate();
}

/** The project that the suites work on: a copy of the example, opened as the workspace. */
export function workspaceProject({ services }: ExtensionApi): Project {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const project = services.projects.projects.find((candidate) => candidate.folder === folder);
  assert.ok(project, `${folder} holds no project`);
  return project;
}

/**
 * Resolves once a condition holds, looking now and whenever the event fires. What never comes true ends with
 * Mocha's own time limit.
 */
export function until<T>(event: vscode.Event<T>, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const subscription = event(() => {
      if (!holds()) return;
      subscription.dispose();
      resolve();
    });
  });
}
