import { dirname, relative, sep } from 'node:path';
import { type CompletionItem, CompletionItemKind, type Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Project } from '../../project/load.ts';
import { nameKindsAt } from '../../project/schema/name-places.ts';
import type { KeyPath } from '../../project/yaml/key-path.ts';
import { parseYaml } from '../../project/yaml/parse.ts';
import { fromPosition, toRange } from './positions.ts';

/**
 * Placeholder inserted at the cursor while the text is parsed, so that an entry not yet written has a node in the tree.
 */
const PLACEHOLDER = 'x';

interface Name {
  label: string;
  kind: CompletionItemKind;
  detail: string;
}

/** Completes names that only the project knows: concepts, tags, and configs to extend. */
export function completeNames(
  document: TextDocument,
  position: Position,
  project: Project,
  path: string,
): CompletionItem[] {
  const text = document.getText();
  const offset = document.offsetAt(position);
  const tree = parseYaml(path, text.slice(0, offset) + PLACEHOLDER + text.slice(offset));
  const { line, column } = fromPosition(position);
  const place = tree.pathAt(line, column);
  if (place?.at !== 'value') return [];
  const names = namesAt(place.path, project, path);
  if (names.length === 0) return [];
  const quoted = /^["']/.test(tree.sourceOf(place.path)) ? 1 : 0;
  const { start } = toRange(tree.valueRange(place.path));
  const range = { start: { line: start.line, character: start.character + quoted }, end: position };
  if (start.line !== position.line) return [];
  return names.map(({ label, kind, detail }) => ({
    label,
    kind,
    detail,
    textEdit: { range, newText: label },
  }));
}

function namesAt(path: KeyPath, project: Project, file: string): Name[] {
  if (path[0] === 'extends' && path.length === 1) return configs(project, file);
  // The author chooses a concept's own name.
  if (path[0] === 'name') return [];
  const kinds = nameKindsAt(path);
  return [
    ...(kinds.includes('concept') ? concepts(project) : []),
    ...(kinds.includes('tag') ? tags(project) : []),
  ];
}

const concepts = (project: Project): Name[] =>
  project.concepts.map(({ name, prompt }) => ({
    label: name,
    kind: CompletionItemKind.Reference,
    detail: prompt,
  }));

function tags(project: Project): Name[] {
  const counts = new Map<string, number>();
  for (const tag of project.concepts.flatMap((concept) => concept.tags))
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({
    label,
    kind: CompletionItemKind.Keyword,
    detail: count === 1 ? 'tag used by one concept' : `tag used by ${count} concepts`,
  }));
}

const configs = (project: Project, file: string): Name[] =>
  project.trainings
    .filter(({ path }) => path !== file)
    .map(({ path }) => ({
      label: relative(dirname(file), path).split(sep).join('/'),
      kind: CompletionItemKind.File,
      detail: 'training config in this project',
    }));
