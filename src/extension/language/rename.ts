import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  LSPErrorCodes,
  type Position,
  type Range,
  type RenameFile,
  ResponseError,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import {
  conceptDocuments,
  conceptNameOf,
  type NamedThing,
  type NameUse,
  projectDocuments,
  projectTags,
  usesOf,
} from '../../project/files/name-uses.ts';
import type { ProjectFiles } from '../../project/files/project-files.ts';
import { nameFromFile } from '../../project/paths.ts';
import { CONCEPT_NAME } from '../../project/schema/concept-schema.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { scalarLike } from '../../project/yaml/scalar-text.ts';
import type { ErrorKind } from '../../protocol/errors.ts';
import { toRange } from './positions.ts';
import { nameAt } from './references.ts';

/** The editor's capabilities and its open documents. */
export interface RenameEditor {
  /** Whether an edit may rename files. */
  readonly canRenameFiles: boolean;
  uriOf(path: string): string;
  /** The version of an open document; null if it is not open. */
  versionOf(path: string): number | null;
}

/** Errors because of which names in a file cannot be found. */
const UNREADABLE: readonly ErrorKind[] = ['syntax', 'encoding', 'too-large', 'unreadable'];

/** Shown by the editor instead of its own message. */
const refusal = (message: string) => new ResponseError(LSPErrorCodes.RequestFailed, message);

/** The range and text of the name at a position, if it can be renamed. */
export function renameRangeAt(
  document: YamlDocument,
  position: Position,
  files: ProjectFiles,
): { range: Range; placeholder: string } | undefined {
  const found = nameAt(document, position, files);
  return found && { range: toRange(document.valueRange(found.path)), placeholder: found.thing.name };
}

/**
 * The edit that renames a concept or tag everywhere in the project. If a concept takes its name from its file, the file
 * is renamed.
 * @returns undefined if there is no name at the position
 * @throws ResponseError with a remedy if the rename would change the meaning of the project
 */
export function renameAt(
  document: YamlDocument,
  position: Position,
  newName: string,
  files: ProjectFiles,
  editor: RenameEditor,
): WorkspaceEdit | undefined {
  const thing = nameAt(document, position, files)?.thing;
  if (!thing) return undefined;
  if (newName === thing.name) return { documentChanges: [] };
  const uses = usesOf(files, thing);
  checkReadable(files);
  checkAmbiguity(files, thing, uses);
  checkNewName(files, thing, newName);
  const renames = thing.kinds.includes('concept') ? fileRenames(files, thing, newName, editor) : [];
  return { documentChanges: [...textEdits(uses, newName, editor), ...renames] };
}

function checkReadable(files: ProjectFiles): void {
  for (const { file, problems } of projectDocuments(files)) {
    const problem = problems.find(({ kind }) => UNREADABLE.includes(kind));
    // An empty file contains no names.
    if (problem && problem.message !== 'The file is empty.') {
      throw refusal(
        `Names in ${basename(file)} cannot be found: ${problem.message} Fix line ${problem.line} first.`,
      );
    }
  }
}

function checkAmbiguity(files: ProjectFiles, thing: NamedThing, uses: readonly NameUse[]): void {
  const either = uses.find(({ kinds }) => kinds.length > 1);
  if (!either || conceptDocuments(files, thing.name).length === 0 || !projectTags(files).has(thing.name))
    return;
  throw refusal(
    `\`${thing.name}\` is both a concept and a tag, and ${basename(either.document.file)} holds out both under that name. ` +
      'Replace that entry with a name that refers to only one of them first.',
  );
}

function checkNewName(files: ProjectFiles, { name, kinds }: NamedThing, newName: string): void {
  if (kinds.includes('concept') && !CONCEPT_NAME.test(newName)) {
    throw refusal(
      `A concept cannot be named \`${newName}\`: use up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit.`,
    );
  }
  if (newName.trim() === '') throw refusal('A tag cannot be empty.');
  // File systems that ignore case would put both concepts into one file.
  const taken = files.concepts
    .map(({ document }) => conceptNameOf(document))
    .find((other) => other !== name && other.toLowerCase() === newName.toLowerCase());
  if (taken !== undefined) throw refusal(`A concept named \`${taken}\` already exists. Choose another name.`);
  if (projectTags(files).has(newName)) {
    throw refusal(`A tag named \`${newName}\` already exists. Choose another name.`);
  }
}

function textEdits(uses: readonly NameUse[], newName: string, editor: RenameEditor): TextDocumentEdit[] {
  const byFile = new Map<string, NameUse[]>();
  for (const use of uses) byFile.set(use.document.file, [...(byFile.get(use.document.file) ?? []), use]);
  return [...byFile].map(([file, found]) => ({
    textDocument: { uri: editor.uriOf(file), version: editor.versionOf(file) },
    edits: found.map(({ document, path }) => ({
      range: toRange(document.valueRange(path)),
      newText: scalarLike(document.sourceOf(path), newName),
    })),
  }));
}

function fileRenames(
  files: ProjectFiles,
  { name }: NamedThing,
  newName: string,
  editor: RenameEditor,
): RenameFile[] {
  const named = conceptDocuments(files, name).filter((document) => !document.has(['name']));
  return named.map(({ file }) => {
    const renamed = join(dirname(file), newName + basename(file).slice(nameFromFile(file).length));
    if (!editor.canRenameFiles) {
      throw refusal(
        `\`${name}\` takes its name from its file, which this editor cannot rename: rename ${basename(file)} to ${basename(renamed)}, or write \`name: ${name}\` in it first.`,
      );
    }
    const changesCaseOnly = renamed.toLowerCase() === file.toLowerCase();
    if (existsSync(renamed) && !changesCaseOnly) {
      throw refusal(`A file named ${basename(renamed)} already exists. Choose another name.`);
    }
    return { kind: 'rename', oldUri: editor.uriOf(file), newUri: editor.uriOf(renamed) };
  });
}
