/** What a line with one key and its text would have to say, for text that YAML takes for something else. */
export interface QuotedText {
  readonly key: string;
  /** Offsets of the value in the whole text. */
  readonly start: number;
  readonly end: number;
  /** The value, quoted. */
  readonly quoted: string;
  /** True if the value may also be meant as a key below this one: `image: size: 64`. */
  readonly maybeKey: boolean;
}

/** Longer lines are not looked at: a hostile file may have thousands of mistakes in one. */
const LONGEST = 1000;
const LINE = /^(\s*(?:- +)*([A-Za-z][\w.-]*):[ \t]+)(?!["'[{])(\S.*?)[ \t\r]*$/;

/** The line at an offset with its value in quotes; undefined if it is not a key with plain text. */
export function quotedLine(text: string, offset: number): QuotedText | undefined {
  const earlier = text.slice(Math.max(0, offset - LONGEST), offset);
  const from = offset - earlier.length + earlier.lastIndexOf('\n') + 1;
  const [after] = text.slice(offset, offset + LONGEST).split('\n', 1);
  const line = text.slice(from, offset) + after;
  const match = line.length < LONGEST ? LINE.exec(line) : null;
  if (!match) return undefined;
  const [, before, key, rest] = match as unknown as [string, string, string, string];
  const value = rest.startsWith('#') ? rest : rest.replace(/\s+#.*$/, '');
  const start = from + before.length;
  const maybeKey = /^[A-Za-z]\w*:(?:\s|$)/.test(value);
  return { key, start, end: start + value.length, quoted: JSON.stringify(value), maybeKey };
}

const THOUSANDS = /^[+-]?[1-9]\d{0,2}(?:[,._' \u2019\u00a0\u202f]\d{3})+$/;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:e[+-]?\d+)?$/i;

/** The number that is meant by a text such as `0,0001`, `1,000`, `1 000` or `5k`, as YAML has to have it. */
export function numberMeant(text: string): string | undefined {
  if (THOUSANDS.test(text)) return text.replace(/[^\d+-]/g, '');
  if (DECIMAL_COMMA.test(text)) return String(Number(text.replace(',', '.')));
  const [, count, unit] = /^(\d+(?:\.\d+)?)([kKM])$/.exec(text) ?? [];
  return count === undefined ? undefined : String(Number(count) * (unit === 'M' ? 1e6 : 1e3));
}
