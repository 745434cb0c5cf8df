import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Problem, ProblemCode, SourceRange } from './problem.ts';

/**
 * Largest file that is read. Configs are a few kilobytes; a list of 3,000 concept names still fits. The YAML parser's
 * time grows faster than the text, and at this size the worst text takes a fraction of a second.
 */
export const MAX_FILE_BYTES = 64 * 1024;
/** Deepest nesting of lists and mappings; the schemas need 7. */
const MAX_DEPTH = 32;
/** Most aliases (`*name`) in one file, and the limit on how far they may multiply its content. */
const MAX_ALIASES = 100;
/** Most problems listed for one file; what follows is nearly always a consequence. */
export const MAX_PROBLEMS = 100;

/** Keys and list indices from the root to a value. */
export type KeyPath = readonly (string | number)[];

/** `pairs.target.effect[0].pixelate` */
export function formatKeyPath(path: KeyPath): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}

/** The inverse of `formatKeyPath`, for keys that hold no dots or brackets. */
export function parseKeyPath(key: string): KeyPath {
  return [...key.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) =>
    index === undefined ? part : Number(index),
  );
}

/** What stands at a path below a plain value; undefined where nothing does. */
export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** What a problem says beyond where it is. */
export interface ProblemText {
  code: ProblemCode;
  message: string;
  remedy: string;
  found?: string;
  allowed?: string;
  severity?: Problem['severity'];
  replacements?: string[];
}

/** One YAML file: its text, its value, and where each key and value of it stands. */
export class YamlDocument {
  readonly file: string;
  readonly text: string;
  /** The content as plain values; undefined where `problems` left nothing to check. */
  readonly value: unknown;
  /** What is wrong with the file as YAML. */
  readonly problems: readonly Problem[];
  readonly #root: Node | null;
  readonly #document: Document | undefined;
  readonly #lines: LineCounter;

  constructor(
    file: string,
    text: string,
    lines: LineCounter,
    parsed: { document?: Document; value?: unknown; problems: readonly Problem[] },
  ) {
    this.file = file;
    this.text = text;
    this.value = parsed.value;
    this.problems = parsed.problems;
    this.#lines = lines;
    this.#document = parsed.document;
    this.#root = parsed.document?.contents ?? null;
  }

  /** Where the key of `path` stands; for a list entry, the entry; for a path that is absent, its nearest parent's key. */
  keyRange(path: KeyPath): SourceRange {
    for (let length = path.length; length > 0; length--) {
      const found = this.#find(path.slice(0, length));
      if (found) return this.#rangeOf(found.key ?? found.value);
    }
    return this.#firstLine();
  }

  /** Where the value of `path` stands; its key where the value is empty, or its nearest parent's key where it is absent. */
  valueRange(path: KeyPath): SourceRange {
    const found = this.#find(path);
    if (!found) return this.keyRange(path);
    const range = found.value && this.#rangeOf(found.value);
    if (!range || (range.line === range.endLine && range.column === range.endColumn))
      return this.keyRange(path);
    return range;
  }

  /** True where the file itself holds a value at `path`. */
  has(path: KeyPath): boolean {
    return this.#find(path) !== undefined;
  }

  /** The value at `path` as written, on one line and shortened. */
  sourceOf(path: KeyPath): string {
    const value = this.#find(path)?.value;
    if (!value?.range) return '';
    return excerpt(this.text.slice(value.range[0], value.range[1]));
  }

  /** The text of the plain or quoted scalar at `path`, without its quotes. */
  scalarAt(path: KeyPath): string | undefined {
    const value = this.#find(path)?.value;
    return isScalar(value) ? String(value.value) : undefined;
  }

  /**
   * What to delete so that an entry of a list goes, with its comma or dash; undefined for the first entry, and
   * where other text stands on the entry's lines.
   */
  entryRange(path: KeyPath): SourceRange | undefined {
    const index = path.at(-1);
    const list = this.#find(path.slice(0, -1))?.value;
    if (!isSeq(list) || typeof index !== 'number' || index < 1) return undefined;
    const [before, entry] = [list.items[index - 1], list.items[index]] as (Node | null | undefined)[];
    if (!before?.range || !entry?.range) return undefined;
    if (list.flow) return toRange(this.#lines, before.range[1], entry.range[1]);
    const lineStart = this.text.lastIndexOf('\n', entry.range[0] - 1) + 1;
    if (!/^\s*-\s+$/.test(this.text.slice(lineStart, entry.range[0]))) return undefined;
    const lineEnd = this.text.indexOf('\n', entry.range[1] - 1);
    // The last line of a text may have no end of its own; then the one before gives its.
    return lineEnd < 0
      ? toRange(this.#lines, lineStart - 1, this.text.length)
      : toRange(this.#lines, lineStart, lineEnd + 1);
  }

  /** Where the first key of the mapping at `path` stands. */
  firstKeyRange(path: KeyPath): SourceRange | undefined {
    const value = this.#find(path)?.value;
    const first = isMap(value) ? value.items[0]?.key : undefined;
    return isNode(first) ? this.#rangeOf(first) : undefined;
  }

  /** A problem at the key or the value of `path`. */
  problem(path: KeyPath, at: 'key' | 'value', text: ProblemText): Problem {
    return makeProblem(
      this.file,
      at === 'key' ? this.keyRange(path) : this.valueRange(path),
      formatKeyPath(path),
      text,
    );
  }

  /** The innermost path whose key or value covers a position (from 1), and which of the two it is. */
  pathAt(line: number, column: number): { path: KeyPath; at: 'key' | 'value' } | undefined {
    const start = this.#lines.lineStarts[line - 1];
    if (start === undefined) return undefined;
    const offset = start + column - 1;
    const covers = (node: Node | null | undefined) =>
      node?.range != null && node.range[0] <= offset && offset <= node.range[1];
    let node: Node | null = this.#root;
    const path: (string | number)[] = [];
    for (;;) {
      let next: { part: string | number; key?: Node; value: Node | null } | undefined;
      if (isMap(node)) {
        for (const pair of node.items as Pair<Node, Node | null>[]) {
          if (covers(pair.key) || covers(pair.value)) {
            next = { part: keyText(pair.key), key: pair.key, value: pair.value };
            break;
          }
        }
      } else if (isSeq(node)) {
        const i = (node.items as (Node | null)[]).findIndex(covers);
        if (i >= 0) next = { part: i, value: node.items[i] as Node };
      }
      if (!next) return path.length === 0 ? undefined : { path, at: 'value' };
      path.push(next.part);
      if (next.key && covers(next.key)) return { path, at: 'key' };
      node = next.value;
    }
  }

  #find(path: KeyPath): { key?: Node; value: Node | null } | undefined {
    let found: { key?: Node; value: Node | null } = { value: this.#root };
    for (const part of path) {
      const container: Node | null | undefined = isAlias(found.value)
        ? found.value.resolve(this.#document!)
        : found.value;
      if (isMap(container)) {
        // The last of several equal keys is the one whose value is used.
        const pair = (container.items as Pair<Node, Node | null>[]).findLast(
          (item) => keyText(item.key) === String(part),
        );
        if (!pair) return undefined;
        found = { key: pair.key, value: pair.value };
      } else if (isSeq(container) && typeof part === 'number' && part < container.items.length) {
        found = { value: container.items[part] as Node };
      } else return undefined;
    }
    return found;
  }

  #rangeOf(node: Node | null): SourceRange {
    const range = node?.range;
    if (!range) return this.#firstLine();
    return toRange(this.#lines, range[0], range[0] + this.text.slice(range[0], range[1]).trimEnd().length);
  }

  #firstLine(): SourceRange {
    const end = this.text.search(/\r?\n|$/);
    return { line: 1, column: 1, endLine: 1, endColumn: Math.max(end, 0) + 1 };
  }
}

/** Where the text of a file comes from; the editor puts its unsaved documents here. */
export type ReadDocument = (file: string) => Promise<YamlDocument>;

const keyText = (key: unknown) => (isScalar(key) ? String(key.value) : '');

function excerpt(source: string): string {
  const line = source.trim().replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function toRange(lines: LineCounter, start: number, end: number): SourceRange {
  const from = lines.linePos(start);
  const to = lines.linePos(Math.max(start, end));
  return { line: from.line, column: from.col, endLine: to.line, endColumn: to.col };
}

function makeProblem(file: string, range: SourceRange, key: string, text: ProblemText): Problem {
  return {
    file,
    ...range,
    key,
    found: text.found ?? '',
    allowed: text.allowed ?? '',
    message: text.message,
    remedy: text.remedy,
    severity: text.severity ?? 'error',
    code: text.code,
    replacements: text.replacements ?? [],
  };
}

function lineCounterOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

function rejected(
  file: string,
  text: string,
  start: number,
  end: number,
  problem: ProblemText,
): YamlDocument {
  const lines = lineCounterOf(text);
  return new YamlDocument(file, text, lines, {
    problems: [makeProblem(file, toRange(lines, start, end), '', problem)],
  });
}

/**
 * Reads and parses a YAML file. Content never makes it throw: whatever is wrong is among the problems.
 * Files above `MAX_FILE_BYTES`, and what is not a regular file, are not read at all.
 */
export async function readYaml(file: string): Promise<YamlDocument> {
  const unreadable = (message: string, remedy: string, code: ProblemCode = 'unreadable') =>
    rejected(file, '', 0, 0, { code, message, remedy });
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // Non-blocking, so that opening a named pipe does not wait for a writer.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return unreadable(
      `The file cannot be opened: ${systemReason(error)}.`,
      'Check its path and permissions.',
    );
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return unreadable('This is not a regular file.', 'Give the path of a YAML file.');
    if (stat.size > MAX_FILE_BYTES) {
      return unreadable(
        `The file has ${stat.size} bytes; at most ${MAX_FILE_BYTES} are read.`,
        'Remove what is not configuration, or split it.',
        'too-large',
      );
    }
    // The file may have grown since: a full buffer is no end, and one byte more than allowed shows that it is too long.
    let buffer = Buffer.alloc(stat.size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length > MAX_FILE_BYTES) break;
      if (length === buffer.length) buffer = Buffer.concat([buffer], MAX_FILE_BYTES + 1);
    }
    return decodeYaml(file, buffer.subarray(0, length));
  } catch (error) {
    return unreadable(
      `The file cannot be read: ${systemReason(error)}.`,
      'Check its permissions and the disk.',
    );
  } finally {
    await handle.close();
  }
}

const SYSTEM_REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  EEXIST: 'something else has that name',
  EROFS: 'it lies on a read-only file system',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'no space is left of the quota',
};

/** Why the file system refused, in words. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && SYSTEM_REASONS[code]) ?? message.replace(/\.$/, '');
}

/** Parses bytes as UTF-8 YAML, with or without a byte order mark; other encodings are named and refused. */
export function decodeYaml(file: string, bytes: Uint8Array): YamlDocument {
  const save = 'Save the file as UTF-8.';
  const wrong = (encoding: string) =>
    rejected(file, '', 0, 0, {
      code: 'encoding',
      message: `The file is encoded as ${encoding}, not as UTF-8.`,
      remedy: save,
    });
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return wrong('UTF-16');
  // ASCII text in UTF-16 or UTF-32 has a zero in every second byte or more.
  const head = bytes.subarray(0, 1024);
  if (head.length >= 4 && head.filter((byte) => byte === 0).length > head.length / 3)
    return wrong('UTF-16 or UTF-32');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const before = new TextDecoder('utf-8').decode(bytes);
    const at = before.indexOf('\ufffd');
    return rejected(file, before, at, at + 1, {
      code: 'encoding',
      message: 'This character is not valid UTF-8; the file may be encoded as Latin-1 or Windows-1252.',
      remedy: save,
    });
  }
  return parseYaml(file, text);
}

/**
 * Parses YAML text, such as an unsaved editor document. Never throws for content, and keeps hostile content short:
 * depth and aliases are counted before the tree is built, and equal keys are found without comparing all pairs.
 * @param file absolute path, for the problems
 */
export function parseYaml(file: string, text: string): YamlDocument {
  if (text.length > MAX_FILE_BYTES) {
    return rejected(file, '', 0, 0, {
      code: 'too-large',
      message: `The file has ${text.length} characters; at most ${MAX_FILE_BYTES} are read.`,
      remedy: 'Remove what is not configuration, or split it.',
    });
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    return rejected(file, text, nul, nul + 1, {
      code: 'encoding',
      message: 'The text holds a NUL character.',
      remedy: 'This may be a binary file; remove the character if it is not.',
    });
  }
  const excess = findExcess(text);
  if (excess) return rejected(file, text, excess.offset, excess.offset + excess.length, excess.problem);

  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Comparing every key with every other is quadratic; `inspectTree` finds equal keys with a set.
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'error',
  });
  if (lines.lineStarts.length === 0) lines.addNewLine(0);
  const problems = [...document.errors, ...document.warnings].map((error) =>
    syntaxProblem(file, text, lines, error),
  );
  const sound = document.errors.every((error) => error.code === 'MULTIPLE_DOCS');
  // The broken tree still says where things stand, for completion and hover.
  if (!sound) return new YamlDocument(file, text, lines, { document, problems: inOrder(problems) });

  const tree = inspectTree(document);
  problems.push(
    ...tree.map(({ range, ...problem }) => makeProblem(file, toRange(lines, ...range), problem.key, problem)),
  );
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    problems.push(
      makeProblem(file, toRange(lines, 0, 0), '', {
        code: 'syntax',
        message: 'The file is empty.',
        remedy: 'Begin with a key; completion (Ctrl+Space) lists the keys and templates.',
      }),
    );
  }
  const convertible = document.contents !== null && !tree.some((problem) => problem.fatal);
  let value: unknown;
  if (convertible) {
    try {
      value = document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      // The library's guard against aliases that multiply each other.
      if (!(error instanceof ReferenceError)) throw error;
      problems.push(
        makeProblem(file, toRange(lines, 0, 0), '', {
          code: 'too-large',
          message: `The aliases (*name) repeat content more than ${MAX_ALIASES} times.`,
          remedy: 'Write the values out.',
        }),
      );
    }
  }
  return new YamlDocument(file, text, lines, {
    document,
    value: value ?? undefined,
    problems: inOrder(problems),
  });
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS);
}

interface Excess {
  offset: number;
  length: number;
  problem: ProblemText;
}

/** Depth and alias count from the tokens alone: building a tree of hostile depth would exhaust the stack. */
function findExcess(text: string): Excess | undefined {
  let offset = 0;
  let flowDepth = 0;
  let indicatorsInLine = 0;
  let aliases = 0;
  let scalarFollows = false;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    const isMarker = token === CST.SCALAR || token === CST.DOCUMENT || token === CST.FLOW_END;
    if (token === CST.SCALAR) {
      scalarFollows = true;
      continue;
    }
    if (isMarker) continue;
    if (scalarFollows) {
      scalarFollows = false;
      offset += token.length;
      continue;
    }
    if (type === 'flow-map-start' || type === 'flow-seq-start') flowDepth++;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') flowDepth--;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind')
      indicatorsInLine++;
    else if (type === 'newline') indicatorsInLine = 0;
    else if (type === 'alias') aliases++;
    if (flowDepth > MAX_DEPTH || (flowDepth === 0 && indicatorsInLine > MAX_DEPTH)) {
      return { offset, length: token.length, problem: TOO_DEEP };
    }
    if (aliases > MAX_ALIASES) {
      const problem: ProblemText = {
        code: 'too-large',
        message: `There are more than ${MAX_ALIASES} aliases (*name).`,
        remedy: 'Write the values out.',
      };
      return { offset, length: token.length, problem };
    }
    offset += token.length;
  }
  return undefined;
}

const TOO_DEEP: ProblemText = {
  code: 'too-large',
  message: `Lists and mappings are nested more than ${MAX_DEPTH} deep.`,
  remedy: 'No key of these files needs that; remove brackets or indentation.',
};

interface TreeProblem extends ProblemText {
  range: [number, number];
  key: string;
  /** True where the tree cannot become plain values. */
  fatal: boolean;
}

/** What the parser itself lets pass: equal keys, aliases to nothing or to their own parent, excessive depth, tags. */
function inspectTree(document: Document): TreeProblem[] {
  const problems: TreeProblem[] = [];
  const anchors = new Map<string, Node>();
  interface Visit {
    node: Node | null;
    path: KeyPath;
    parent?: Visit;
  }
  const stack: Visit[] = [{ node: document.contents, path: [] }];
  const add = (node: Node, path: KeyPath, fatal: boolean, text: ProblemText) =>
    problems.push({ ...text, range: [node.range![0], node.range![1]], key: formatKeyPath(path), fatal });

  for (let visit = stack.pop(); visit; visit = stack.pop()) {
    const { node, path } = visit;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      let within: Visit | undefined = visit.parent;
      while (within && within.node !== target) within = within.parent;
      if (!target || within) {
        add(node, path, true, {
          code: 'syntax',
          message: target
            ? `The alias *${node.source} stands inside the value that it names.`
            : `The alias *${node.source} has no anchor &${node.source} before it.`,
          remedy: 'Write the value out.',
        });
      }
      continue;
    }
    if (!node) continue;
    if (node.anchor) anchors.set(node.anchor, node);
    if (!isCollection(node)) continue;
    if (path.length >= MAX_DEPTH) {
      add(node, path, true, TOO_DEEP);
      break;
    }
    const children: Visit[] = [];
    const seen = new Map<string, number>();
    for (const [i, item] of node.items.entries()) {
      if (!isPair(item)) {
        children.push({ node: item as Node | null, path: [...path, i], parent: visit });
        continue;
      }
      const pair = item as Pair<Node, Node | null>;
      const key = keyText(pair.key);
      const keyPath = [...path, key];
      const first = seen.get(key);
      if (first !== undefined) {
        add(pair.key, keyPath, false, {
          code: 'duplicate-key',
          message: `The key \`${key}\` stands twice in this mapping.`,
          remedy: 'Keep one of the two.',
          found: key,
        });
      } else seen.set(key, i);
      children.push({ node: pair.value, path: keyPath, parent: visit });
    }
    // In reverse, so that anchors are met in the order of the text.
    for (const child of children.reverse()) stack.push(child);
  }
  return problems;
}

const SYNTAX_TEXT: Partial<Record<YAMLError['code'], { message?: string; remedy: string }>> = {
  TAB_AS_INDENT: {
    message: 'A tab is used for indentation, which YAML forbids.',
    remedy: 'Indent with spaces.',
  },
  BAD_INDENT: { remedy: 'Give the keys of one mapping the same indentation.' },
  MULTIPLE_DOCS: {
    message: 'The file holds several YAML documents.',
    remedy: 'Remove the `---` line and what follows it, or move it to a file of its own.',
  },
  MISSING_CHAR: { remedy: 'Close the quote or bracket, or put a space after the colon.' },
  MULTILINE_IMPLICIT_KEY: {
    remedy: 'Check that every key ends with a colon and a space, and that quotes are closed.',
  },
  NON_STRING_KEY: {
    message: 'A key must be plain text.',
    remedy: 'Quote text that holds { } [ ] or : if it is meant as it stands.',
  },
  BLOCK_AS_IMPLICIT_KEY: { remedy: 'Put nested keys on a line of their own, indented.' },
  BAD_SCALAR_START: { remedy: 'Quote the text.' },
  BAD_ALIAS: { remedy: 'Quote text that begins with * or &.' },
  BAD_DQ_ESCAPE: { remedy: 'Use single quotes, or double the backslash.' },
  TAG_RESOLVE_FAILED: { remedy: 'Remove the tag; quote text that begins with an exclamation mark.' },
  UNEXPECTED_TOKEN: { remedy: 'Check quotes, brackets and indentation around here.' },
};

function syntaxProblem(file: string, text: string, lines: LineCounter, error: YAMLError): Problem {
  const start = Math.min(error.pos[0], text.length);
  // A mark of one line is easier to see than one that runs to the end of the file.
  const lineEnd = text.indexOf('\n', start);
  const end = Math.min(
    Math.max(error.pos[1], start + 1),
    lineEnd < 0 ? text.length : Math.max(lineEnd, start),
  );
  const known = SYNTAX_TEXT[error.code];
  return makeProblem(file, toRange(lines, start, end), '', {
    code: 'syntax',
    message: known?.message ?? `${error.message.replace(/\.?$/, '')}.`,
    remedy: known?.remedy ?? 'Check quotes, brackets and indentation around here.',
    found: excerpt(text.slice(start, end)),
  });
}
