import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
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

const POLL_MS = 100;
const PATIENCE_MS = 20_000;

/**
 * What a question that nothing tells of comes to, asked until there is an answer.
 * @param complaint what is wrong where there never is one
 */
export async function polled<T>(
  ask: () => Promise<T | undefined>,
  complaint: () => string,
): Promise<NonNullable<T>> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null) return answer;
    assert.ok(Date.now() < end, complaint());
    await setTimeout(POLL_MS);
  }
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
