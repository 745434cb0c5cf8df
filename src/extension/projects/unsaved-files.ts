import * as vscode from 'vscode';
import { CONCEPT_SUFFIX, TRAINING_SUFFIX } from '../../project/paths.ts';
import type { Services } from '../services.ts';

/** Concepts and training configs with changes that are not on disk yet. */
export function unsavedProjectFiles(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(
    ({ isDirty, uri, fileName }) =>
      isDirty && uri.scheme === 'file' && (CONCEPT_SUFFIX.test(fileName) || TRAINING_SUFFIX.test(fileName)),
  );
}

/** The engine reads files, not editors. */
export async function saveProjectFiles({ projects }: Pick<Services, 'projects'>): Promise<void> {
  const unsaved = unsavedProjectFiles();
  await Promise.all(unsaved.map((document) => document.save()));
  if (unsaved.length > 0) await projects.refresh();
}
