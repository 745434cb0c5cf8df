import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Position, Range } from 'vscode-languageserver';
import type { SourceRange } from '../../project/problem.ts';

/** The protocol counts lines and columns from 0, our problems from 1. */
export function toRange({ line, column, endLine, endColumn }: SourceRange): Range {
  return {
    start: { line: line - 1, character: column - 1 },
    end: { line: endLine - 1, character: endColumn - 1 },
  };
}

export function fromPosition({ line, character }: Position): { line: number; column: number } {
  return { line: line + 1, column: character + 1 };
}

/** The path of a `file:` URI; undefined for any other, such as an untitled document. */
export function pathOfUri(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // A file URI with a host, which is not a path on this system.
    return undefined;
  }
}

export const uriOfPath = (path: string) => pathToFileURL(path).href;

/** The position of a problem with a file as a whole. */
export const FILE_START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
