import { dirname, resolve } from 'node:path';
import type { Location, Position } from 'vscode-languageserver';
import type { Project } from '../../project/load.ts';
import { PRESET_PREFIX } from '../../project/presets.ts';
import type { YamlDocument } from '../../project/yaml-document.ts';
import { fromPosition, uriOfPath } from './positions.ts';

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** The file that a name in a training config stands for: a concept's, or the config that it extends. */
export function definitionAt(
  document: YamlDocument,
  position: Position,
  project: Project,
): Location | undefined {
  const { line, column } = fromPosition(position);
  const place = document.pathAt(line, column);
  if (place?.at !== 'value') return undefined;
  const [section, key] = place.path;
  const value = document.scalarAt(place.path);
  if (value === undefined) return undefined;
  if (section === 'extends') {
    if (value.startsWith(PRESET_PREFIX)) return undefined;
    return { uri: uriOfPath(resolve(dirname(document.file), value)), range: START };
  }
  const isName =
    (section === 'collect' && (key === 'concepts' || key === 'holdOut')) ||
    (section === 'base' && key === 'concepts');
  const concept = isName ? project.concepts.find(({ name }) => name === value) : undefined;
  return concept && { uri: uriOfPath(concept.path), range: START };
}
