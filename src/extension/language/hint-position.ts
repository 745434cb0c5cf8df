import type { YamlDocument } from '../../project/yaml/document.ts';
import type { KeyPath } from '../../project/yaml/key-path.ts';

/**
 * Zero-based position of a hint about a value: after the value, or after its key if the value begins on its own line.
 */
export function hintPosition(document: YamlDocument, path: KeyPath): { line: number; character: number } {
  const value = document.valueRange(path);
  const key = document.keyRange(path);
  return value.line === key.line
    ? { line: value.endLine - 1, character: value.endColumn - 1 }
    : // The key of a list or section, and its colon.
      { line: key.endLine - 1, character: key.endColumn };
}
