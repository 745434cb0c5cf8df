/** A key that is indented deeper than the key above it, although that one has a value already. */
export interface TooDeep {
  readonly key: string;
  /** The key above. */
  readonly above: string;
  readonly value: string;
  /** Number of spaces before the key above. */
  readonly indent: number;
  /** Offsets of the line, without its indentation. */
  readonly start: number;
  readonly end: number;
  /** End of the lines that are indented as deep: they are one mistake. */
  readonly blockEnd: number;
}

/** Longer lines are not looked at. */
const LONGEST = 1000;
const WITH_VALUE = /^( *(?:- +)*)([A-Za-z][\w.-]*): +(?!["'[{|>#&*!])(\S.*?) *\r?$/;
const WITH_KEY = /^( *)([A-Za-z][\w.-]*):(?: .*)?$/;

/** The key that is indented too deep on the line after the one at an offset; undefined if there is none. */
export function tooDeepAfter(text: string, offset: number): TooDeep | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const nextStart = text.indexOf('\n', offset) + 1;
  if (nextStart === 0) return undefined;
  const line = text.slice(lineStart, nextStart - 1);
  const next = lineAt(text, nextStart);
  if (Math.max(line.length, next.length) > LONGEST) return undefined;
  const [, before, above, value] = WITH_VALUE.exec(line) ?? [];
  const [, spaces, key] = WITH_KEY.exec(next.trimEnd()) ?? [];
  if (before === undefined || spaces === undefined || spaces.length <= before.length) return undefined;
  // `prompt: a photo: in snow` is a mistake of its own.
  if (/:(?:\s|$)/.test(value!)) return undefined;
  let blockEnd = nextStart;
  for (let at = nextStart; at < text.length; ) {
    const deeper = lineAt(text, at);
    if (!deeper.startsWith(spaces)) break;
    at += deeper.length + 1;
    blockEnd = at;
  }
  return {
    key: key!,
    above: above!,
    value: value!,
    indent: before.length,
    start: nextStart + spaces.length,
    end: nextStart + next.trimEnd().length,
    blockEnd,
  };
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}
