import { dirname, resolve } from 'node:path';
import type { Location, Position } from 'vscode-languageserver';
import type { Project } from '../../project/load.ts';
import { nameKindsAt } from '../../project/schema/name-places.ts';
import { PRESET_PREFIX } from '../../project/schema/presets.ts';
import type { YamlDocument } from '../../project/yaml/document.ts';
import { FILE_START, fromPosition, uriOfPath } from './positions.ts';

/** The file that a name in a training config refers to: a concept, or the config that it extends. */
export function definitionAt(
  document: YamlDocument,
  position: Position,
  project: Project,
): Location | undefined {
  const { line, column } = fromPosition(position);
  const place = document.pathAt(line, column);
  if (place?.at !== 'value') return undefined;
  const value = document.scalarAt(place.path);
  if (value === undefined) return undefined;
  if (place.path.length === 1 && place.path[0] === 'extends') {
    if (value.startsWith(PRESET_PREFIX)) return undefined;
    return { uri: uriOfPath(resolve(dirname(document.file), value)), range: FILE_START };
  }
  if (!nameKindsAt(place.path).includes('concept')) return undefined;
  const concept = project.concepts.find(({ name }) => name === value);
  return concept && { uri: uriOfPath(concept.path), range: FILE_START };
}
