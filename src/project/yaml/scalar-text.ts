import { stringify } from 'yaml';

/** Text that YAML reads as text without quotes, even in a list in brackets. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./* -]*$/;

/**
 * Text as a YAML scalar that can replace another.
 * @param replaced the scalar that it replaces, as written: its quotes are kept
 */
export function scalarLike(replaced: string, text: string): string {
  if (replaced.startsWith("'") && !/[\n\r]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  if (replaced.startsWith('"')) return JSON.stringify(text);
  // The library knows which words are numbers, booleans or null.
  return PLAIN.test(text) && stringify(text).trimEnd() === text ? text : JSON.stringify(text);
}
