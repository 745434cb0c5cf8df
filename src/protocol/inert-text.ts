/**
 * Names, prompts and messages may come from other people's files. Where they are shown, characters that would move the
 * cursor, color the text, reverse it or hide part of it are written as escapes.
 */

/** Control characters, text-direction marks, line separators, and characters that are practically invisible. */
const ACTIVE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: They are what is escaped.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** A text on one line, shown as plain text wherever it appears. */
export function inertLine(text: string): string {
  return text.replace(ACTIVE, escaped);
}

/** A text shown as plain text wherever it appears, with its line breaks and tabs. */
export function inertText(text: string): string {
  return text.replace(ACTIVE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** A text for a notification of the editor, which turns `[text](command:…)` into a link that runs the command. */
export function inertNotice(text: string): string {
  return inertText(text).replaceAll('](', '] (');
}

/** A text as Markdown code that its own backticks do not end. */
export function inlineCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${inertLine(text)}${space}${fence}`;
}
