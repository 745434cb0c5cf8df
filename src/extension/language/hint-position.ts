import type { YamlDocument } from '../../project/yaml/document.ts';
import type { KeyPath } from '../../project/yaml/key-path.ts';

/** Where a hint about a value stands, counted from 0: behind it; behind its key where it begins on a line of its own. */
export function hintPosition(document: YamlDocument, path: KeyPath): { line: number; character: number } {
  const value = document.valueRange(path);
  const key = document.keyRange(path);
  return value.line === key.line
    ? { line: value.endLine - 1, character: value.endColumn - 1 }
    : // Where a list or a section is named, and its colon.
      { line: key.endLine - 1, character: key.endColumn };
}
