import type { Location, Position } from 'vscode-languageserver';
import {
  conceptDocuments,
  conceptNameOf,
  type NamedThing,
  namedThing,
  usesOf,
} from '../../project/files/name-uses.ts';
import type { ProjectFiles } from '../../project/files/project-files.ts';
import { CONCEPT_SUFFIX } from '../../project/paths.ts';
import { nameKindsAt } from '../../project/schema/name-places.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { type KeyPath, valueAt } from '../../project/yaml/key-path.ts';
import { FILE_START, fromPosition, toRange } from './positions.ts';

/** The concept or tag named at a position, and its range in the file; undefined if there is none. */
export function nameAt(
  document: YamlDocument,
  position: Position,
  files: ProjectFiles,
): { thing: NamedThing; path: KeyPath } | undefined {
  const { line, column } = fromPosition(position);
  const place = document.pathAt(line, column);
  if (place?.at !== 'value') return undefined;
  const { path } = place;
  // `name` in a training config does not refer to a concept.
  if (path[0] === 'name' && !CONCEPT_SUFFIX.test(document.file)) return undefined;
  const kinds = nameKindsAt(path);
  const name = valueAt(document.value, path);
  if (kinds.length === 0 || typeof name !== 'string') return undefined;
  return { thing: namedThing(files, name, kinds), path };
}

/**
 * Every reference in the project to the concept or tag at a position. In a concept file, the prompt and the keys `name`
 * and `prompt` also stand for the concept, whose name need not be written there.
 */
export function referencesAt(
  document: YamlDocument,
  position: Position,
  files: ProjectFiles,
  includeDeclaration: boolean,
  uriOf: (path: string) => string,
): Location[] {
  const thing = nameAt(document, position, files)?.thing ?? conceptOf(document, position);
  if (!thing) return [];
  const uses = usesOf(files, thing).filter(({ path }) => path[0] !== 'name');
  const found = uses.map(({ document: { file }, path, document: used }) => ({
    uri: uriOf(file),
    range: toRange(used.valueRange(path)),
  }));
  if (!includeDeclaration || !thing.kinds.includes('concept')) return found;
  const declared = conceptDocuments(files, thing.name).map((concept) => ({
    uri: uriOf(concept.file),
    range: concept.has(['name']) ? toRange(concept.valueRange(['name'])) : FILE_START,
  }));
  return [...declared, ...found];
}

function conceptOf(document: YamlDocument, position: Position): NamedThing | undefined {
  if (!CONCEPT_SUFFIX.test(document.file)) return undefined;
  const { line, column } = fromPosition(position);
  const key = document.pathAt(line, column)?.path[0];
  return key === 'name' || key === 'prompt'
    ? { name: conceptNameOf(document), kinds: ['concept'] }
    : undefined;
}
