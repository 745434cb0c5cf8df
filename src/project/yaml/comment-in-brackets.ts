import { Lexer } from 'yaml';

/** Text that begins with a # in { } or [ ], so that YAML takes it and the closing brackets for a comment. */
export interface CommentInBrackets {
  /** The opening bracket that is then not closed. */
  readonly bracket: '{' | '[';
  /** Offsets of the text that has to be quoted, up to the last such text on the line. */
  readonly start: number;
  readonly end: number;
  /** The texts with their keys, quoted: `dark: "#112233", light: "#ffffff"`. */
  readonly quoted: string;
  /** What to write from `start` to `end`. */
  readonly replacement: string;
}

const TEXTS = /(^|[\s,[{:])(#[^\s,\]}]+)/g;
/** The parser's marks that the next lexeme is a scalar, and of the ends of documents and brackets. */
const SCALAR = '\u001f';
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', SCALAR]);

/** The first comment in { } or [ ] that swallows a comma or a closing bracket; undefined if there is none. */
export function commentInBrackets(text: string): CommentInBrackets | undefined {
  const open: ('{' | '[')[] = [];
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (MARKS.has(lexeme)) {
      isScalar = lexeme === SCALAR;
      continue;
    }
    if (isScalar) isScalar = false;
    else if (lexeme === '{' || lexeme === '[') open.push(lexeme);
    else if (lexeme === '}' || lexeme === ']') open.pop();
    else if (open.length > 0 && /^#[^\s#][^\n]*[,\]}]/.test(lexeme)) {
      return quotedTexts(text, offset, lexeme, open.at(-1)!);
    }
    offset += lexeme.length;
  }
  return undefined;
}

function quotedTexts(
  text: string,
  start: number,
  comment: string,
  bracket: CommentInBrackets['bracket'],
): CommentInBrackets {
  const matches = [...comment.matchAll(TEXTS)];
  const last = matches.at(-1)!;
  const end = last.index + last[0].length;
  const replacement = comment.slice(0, end).replace(TEXTS, '$1"$2"');
  const key = /[A-Za-z][\w.-]*:\s+$/.exec(text.slice(Math.max(0, start - 100), start))?.[0] ?? '';
  return { bracket, start, end: start + end, quoted: key + replacement, replacement };
}
