import * as vscode from 'vscode';
import { CONCEPT_SUFFIX, TRAINING_SUFFIX } from '../../project/paths.ts';
import type { Services } from '../services.ts';

/** Open concepts and training configs with unsaved changes. */
export function unsavedProjectFiles(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(
    ({ isDirty, uri, fileName }) =>
      isDirty && uri.scheme === 'file' && (CONCEPT_SUFFIX.test(fileName) || TRAINING_SUFFIX.test(fileName)),
  );
}

/** Saves open concepts and training configs: the engine reads them from disk. */
export async function saveProjectFiles({ projects }: Pick<Services, 'projects'>): Promise<void> {
  const unsaved = unsavedProjectFiles();
  await Promise.all(unsaved.map((document) => document.save()));
  if (unsaved.length > 0) await projects.refresh();
}
