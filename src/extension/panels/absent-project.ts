import * as vscode from 'vscode';
import type { PendingState } from '../../protocol/webview/common.ts';
import type { ProjectStore } from '../projects/project-store.ts';

/** The state of a view whose project is missing or not yet loaded. */
export function absentProject(projects: ProjectStore, folder: string): PendingState {
  if (!projects.loaded) return { kind: 'loading' };
  return { kind: 'empty', message: vscode.l10n.t('The project {0} is not part of the workspace.', folder) };
}
