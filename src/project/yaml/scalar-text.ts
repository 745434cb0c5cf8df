import { stringify } from 'yaml';

/** Text that stays text without quotes in every place, lists in brackets included. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./* -]*$/;

/**
 * Text as a YAML scalar that can stand in place of another.
 * @param replaced the scalar that it replaces, as written: its quotes are kept
 */
export function scalarLike(replaced: string, text: string): string {
  if (replaced.startsWith("'") && !/[\n\r]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  if (replaced.startsWith('"')) return JSON.stringify(text);
  // The library knows which words are numbers, truth values and nothing.
  return PLAIN.test(text) && stringify(text).trimEnd() === text ? text : JSON.stringify(text);
}
