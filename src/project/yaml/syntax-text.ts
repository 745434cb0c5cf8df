import type { LineCounter, YAMLError } from 'yaml';
import { makeProblem, type Problem } from '../problem.ts';
import { commentInBrackets } from './comment-in-brackets.ts';
import { type QuotedText, quotedLine } from './quoting.ts';
import { excerpt, toRange } from './source-text.ts';
import { type TooDeep, tooDeepAfter } from './too-deep.ts';

/** Our words for the parser's error codes. What is missing here is taken from the parser. */
const SYNTAX_TEXT: Partial<Record<YAMLError['code'], { message?: string; remedy: string }>> = {
  TAB_AS_INDENT: {
    message: 'A tab is used for indentation, which YAML forbids.',
    remedy: 'Indent with spaces.',
  },
  BAD_INDENT: { remedy: 'Give the keys of one mapping the same indentation.' },
  MULTIPLE_DOCS: {
    message: 'The file contains several YAML documents.',
    remedy: 'Remove the `---` line and everything after it, or move the second document to its own file.',
  },
  MISSING_CHAR: { remedy: 'Close the quote or bracket, or put a space after the colon.' },
  MULTILINE_IMPLICIT_KEY: {
    remedy: 'Check that every key ends with a colon and a space, and that quotes are closed.',
  },
  NON_STRING_KEY: {
    message: 'A key must be plain text.',
    remedy: 'Quote text that contains { } [ ] or : literally.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A colon followed by a space turns the text before it into a key.',
    remedy: 'Put nested keys on their own lines, indented.',
  },
  BAD_SCALAR_START: { remedy: 'Quote the text.' },
  BAD_ALIAS: { remedy: 'Quote text that begins with * or &.' },
  BAD_DQ_ESCAPE: { remedy: 'Use single quotes, or double the backslash.' },
  TAG_RESOLVE_FAILED: { remedy: 'Remove the tag; quote text that begins with an exclamation mark.' },
  UNEXPECTED_TOKEN: { remedy: 'Check quotes, brackets and indentation around here.' },
};

/** Errors that unquoted text causes. */
const OF_TEXT: ReadonlySet<YAMLError['code']> = new Set([
  'BLOCK_AS_IMPLICIT_KEY',
  'BAD_SCALAR_START',
  'BAD_ALIAS',
  'TAG_RESOLVE_FAILED',
  'UNEXPECTED_TOKEN',
  'MISSING_CHAR',
]);

/** Errors that a key causes whose line is indented too deep. */
const OF_DEPTH: ReadonlySet<YAMLError['code']> = new Set(['BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY']);

/** Errors that brackets cause which are not closed. */
const OF_BRACKETS: ReadonlySet<YAMLError['code']> = new Set(['BAD_INDENT', 'MISSING_CHAR']);

/** Syntax errors of the parser as problems with their remedies: one for each line of text that has to be quoted, or lines too deep. */
export function syntaxProblems(
  file: string,
  text: string,
  lines: LineCounter,
  errors: readonly YAMLError[],
): Problem[] {
  const quoted = new Set<number>();
  const problems: Problem[] = [];
  const comment = errors.some(({ code }) => OF_BRACKETS.has(code)) ? commentInBrackets(text) : undefined;
  if (comment) {
    problems.push(
      makeProblem(file, toRange(lines, comment.start, comment.end), '', {
        kind: 'syntax',
        message: `A # after a space or bracket begins a comment: the rest of the line is not read, and a ${comment.bracket} before it stays open.`,
        remedy: `Quote the text: ${comment.quoted}`,
        found: excerpt(text.slice(comment.start, comment.end)),
        replacements: [comment.replacement],
      }),
    );
  }
  let deepUntil = 0;
  for (const error of errors) {
    if (comment && OF_BRACKETS.has(error.code) && error.pos[1] > comment.start) continue;
    // The lines below a key that is too deep fail for the same reason.
    if (error.pos[0] < deepUntil && (OF_DEPTH.has(error.code) || error.code === 'BAD_INDENT')) continue;
    if (OF_DEPTH.has(error.code)) {
      const deep = tooDeepAfter(text, error.pos[0]);
      if (deep) {
        deepUntil = deep.blockEnd;
        problems.push(depthProblem(file, text, lines, deep));
        continue;
      }
    }
    const line = OF_TEXT.has(error.code) ? quotedLine(text, Math.min(error.pos[0], text.length)) : undefined;
    if (!line) problems.push(syntaxProblem(file, text, lines, error));
    else if (!quoted.has(line.start)) {
      quoted.add(line.start);
      problems.push(
        makeProblem(file, toRange(lines, line.start, line.end), '', {
          kind: 'syntax',
          message: messageOf(error),
          ...textRemedy(line),
          found: excerpt(text.slice(line.start, line.end)),
        }),
      );
    }
  }
  return problems;
}

function depthProblem(file: string, text: string, lines: LineCounter, deep: TooDeep): Problem {
  const range = toRange(lines, deep.start, deep.end);
  const spaces = deep.indent === 1 ? '1 space' : `${deep.indent || 'no'} spaces`;
  const orText = deep.value.includes(' ') ? '; if it is part of the text above, quote the whole text' : '';
  return makeProblem(file, range, '', {
    kind: 'syntax',
    message: `\`${deep.key}\` is indented deeper than \`${deep.above}\` on line ${range.line - 1}, which has the value ${excerpt(deep.value)} already.`,
    remedy: `Begin line ${range.line} with ${spaces}, as line ${range.line - 1}${orText}.`,
    found: excerpt(text.slice(deep.start, deep.end)),
  });
}

const PRESET_WITH_SPACE = /^"preset:\s+(\w+)"$/;

/** How to write a line whose text YAML takes for something else. */
export function textRemedy({ key, quoted, maybeKey }: QuotedText): {
  remedy: string;
  replacements: string[];
} {
  const [, preset] = (key === 'extends' && PRESET_WITH_SPACE.exec(quoted)) || [];
  if (preset !== undefined) {
    const link = `preset:${preset}`;
    return { remedy: `Write it without the space: ${key}: ${link}`, replacements: [link] };
  }
  const line = `${key}: ${quoted}`;
  return {
    remedy: maybeKey
      ? `Put nested keys on their own lines, indented; if this is text, quote it: ${line}`
      : `Quote the text: ${line}`,
    replacements: [quoted],
  };
}

const messageOf = (error: YAMLError) =>
  SYNTAX_TEXT[error.code]?.message ?? `${error.message.replace(/\.?$/, '')}.`;

/** A syntax error of the parser as a problem with its remedy. */
function syntaxProblem(file: string, text: string, lines: LineCounter, error: YAMLError): Problem {
  const start = Math.min(error.pos[0], text.length);
  // A mark on one line is easier to see than one that extends to the end of the file.
  const lineEnd = text.indexOf('\n', start);
  const end = Math.min(
    Math.max(error.pos[1], start + 1),
    lineEnd < 0 ? text.length : Math.max(lineEnd, start),
  );
  const known = SYNTAX_TEXT[error.code];
  return makeProblem(file, toRange(lines, start, end), '', {
    kind: 'syntax',
    message: messageOf(error),
    remedy: known?.remedy ?? 'Check quotes, brackets and indentation around here.',
    found: excerpt(text.slice(start, end)),
  });
}
