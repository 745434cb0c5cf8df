import { isScalar, LineCounter } from 'yaml';
import type { SourceRange } from '../problem.ts';

/** Converts offsets into a text to lines and columns. */
export function toRange(lines: LineCounter, start: number, end: number): SourceRange {
  const from = lines.linePos(start);
  const to = lines.linePos(Math.max(start, end));
  return { line: from.line, column: from.col, endLine: to.line, endColumn: to.col };
}

/** The line counter of a text that was not parsed. */
export function lineCounterOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

/** A piece of source text on one line, shortened to 60 characters. */
export function excerpt(source: string): string {
  const line = source.trim().replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

/** The text of a mapping's key; empty for a key that is not a scalar. */
export const keyText = (key: unknown) => (isScalar(key) ? String(key.value) : '');
