import { dirname, join, resolve } from 'node:path';
import { type CodeAction, CodeActionKind, type Diagnostic, type WorkspaceEdit } from 'vscode-languageserver';
import { folderOf, isGlob } from '../../project/disk/image-files.ts';
import type { Project } from '../../project/load.ts';
import { projectPaths } from '../../project/paths.ts';
import { CONCEPT_NAME } from '../../project/schema/concept-schema.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { parseKeyPath } from '../../project/yaml/key-path.ts';
import { conceptText, usualSource } from '../projects/project-templates.ts';
import { toRange, uriOfPath } from './positions.ts';
import { DIAGNOSTIC_SOURCE, type ProblemData } from './project-diagnostics.ts';

type OwnProject = Pick<Project, 'folder' | 'concepts'>;

/** Maximum number of alternatives offered for one problem. */
const MAX_REPLACEMENTS = 5;

/**
 * Quick fixes for our own diagnostics: plain edits, no commands.
 * @param uri the document's URI as the editor spells it
 * @param project the project that the document belongs to, if any
 */
export function codeActions(
  uri: string,
  document: YamlDocument,
  diagnostics: readonly Diagnostic[],
  project: OwnProject | undefined,
): CodeAction[] {
  return diagnostics
    .filter(({ source, data }) => source === DIAGNOSTIC_SOURCE && data !== undefined)
    .flatMap((diagnostic) => {
      const data = diagnostic.data as ProblemData;
      return [
        ...replacements(uri, diagnostic, data),
        ...insertion(uri, document, diagnostic, data),
        ...removal(uri, document, diagnostic, data),
        ...creations(document, diagnostic, data, project),
      ];
    });
}

const quickFix = (
  title: string,
  diagnostic: Diagnostic,
  edit: WorkspaceEdit,
  isPreferred = false,
): CodeAction => ({
  title,
  kind: CodeActionKind.QuickFix,
  diagnostics: [diagnostic],
  edit,
  ...(isPreferred ? { isPreferred } : {}),
});

function replacements(uri: string, diagnostic: Diagnostic, data: ProblemData): CodeAction[] {
  return data.replacements.slice(0, MAX_REPLACEMENTS).map((newText, i) => {
    const title = data.kind === 'unknown-key' ? `Change to key \`${newText}\`` : `Change to \`${newText}\``;
    return quickFix(
      title,
      diagnostic,
      { changes: { [uri]: [{ range: diagnostic.range, newText }] } },
      i === 0,
    );
  });
}

/** Adds a missing key above the first of its mapping, with the same indentation. */
function insertion(
  uri: string,
  document: YamlDocument,
  diagnostic: Diagnostic,
  data: ProblemData,
): CodeAction[] {
  if (data.kind !== 'missing-key') return [];
  const path = parseKeyPath(data.key);
  const key = path.at(-1);
  const first = document.firstKeyRange(path.slice(0, -1));
  if (key === undefined || !first) return [];
  const { line, column } = first;
  const before = document.text.split('\n')[line - 1]!.slice(0, column - 1);
  // Only where the mapping has its keys on lines of their own.
  if (before.trim() !== '') return [];
  const at = { line: line - 1, character: 0 };
  const edit = { changes: { [uri]: [{ range: { start: at, end: at }, newText: `${before}${key}: \n` }] } };
  return [quickFix(`Add \`${key}\``, diagnostic, edit, true)];
}

/** Removes a repeated list entry. */
function removal(
  uri: string,
  document: YamlDocument,
  diagnostic: Diagnostic,
  data: ProblemData,
): CodeAction[] {
  if (data.kind !== 'duplicate-entry') return [];
  const range = document.entryRange(parseKeyPath(data.key));
  if (!range) return [];
  const edit = { changes: { [uri]: [{ range: toRange(range), newText: '' }] } };
  return [quickFix('Remove the repeated entry', diagnostic, edit, true)];
}

function creations(
  document: YamlDocument,
  diagnostic: Diagnostic,
  data: ProblemData,
  project: OwnProject | undefined,
): CodeAction[] {
  if (data.kind === 'missing-path' && data.key.startsWith('pairs.')) {
    const written = document.scalarAt(parseKeyPath(data.key));
    if (written === undefined) return [];
    const missing = folderOf(resolve(dirname(document.file), written));
    // An edit can only create files: the folder is created with this placeholder, which can be deleted.
    const uri = uriOfPath(join(missing, '.gitkeep'));
    const edit = { documentChanges: [{ kind: 'create' as const, uri, options: { ignoreIfExists: true } }] };
    return isGlob(missing) ? [] : [quickFix(`Create the folder ${written}`, diagnostic, edit)];
  }
  const isListed = data.key.startsWith('collect.') || data.key.startsWith('base.concepts');
  const isTag = /\.(include|exclude)\[/.test(data.key);
  if (data.kind !== 'unknown-concept' || project === undefined || !isListed || isTag) return [];
  if (!CONCEPT_NAME.test(data.found)) return [];
  const uri = uriOfPath(join(projectPaths(project.folder).concepts, `${data.found}.concept.yaml`));
  const start = { line: 0, character: 0 };
  const prompt = data.found.replace(/[-_.]+/g, ' ');
  const text = conceptText({ prompt, source: usualSource(project), effect: 'tone' });
  const edit: WorkspaceEdit = {
    documentChanges: [
      { kind: 'create', uri, options: { ignoreIfExists: true } },
      {
        textDocument: { uri, version: null },
        edits: [{ range: { start, end: start }, newText: text }],
      },
    ],
  };
  return [quickFix(`Create the concept \`${data.found}\``, diagnostic, edit)];
}
