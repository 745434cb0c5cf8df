import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { makeProblem, type Problem, type ProblemText, type SourceRange } from '../problem.ts';
import { formatKeyPath, type KeyPath } from './key-path.ts';
import { type QuotedText, quotedLine } from './quoting.ts';
import { excerpt, keyText, lineCounterOf, toRange } from './source-text.ts';

/** One YAML file: its text, its value, and the position of each key and value. */
export class YamlDocument {
  readonly file: string;
  readonly text: string;
  /** The content as plain values; undefined if `problems` left nothing to check. */
  readonly value: unknown;
  /** Mistakes in the YAML itself. */
  readonly problems: readonly Problem[];
  readonly #root: Node | null;
  readonly #document: Document | undefined;
  readonly #lines: LineCounter;
  /** The pairs of each mapping by key, made when one is first looked up: a file may have thousands of keys. */
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair<Node, Node | null>>>();

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

  /** Range of the key of `path`; of the entry itself in a list; of the nearest parent's key if the path is absent. */
  keyRange(path: KeyPath): SourceRange {
    for (let length = path.length; length > 0; length--) {
      const found = this.#find(path.slice(0, length));
      if (found) return this.#rangeOf(found.key ?? found.value);
    }
    return this.#firstLine();
  }

  /** Range of the value of `path`; of its key if the value is empty; of the nearest parent's key if the path is absent. */
  valueRange(path: KeyPath): SourceRange {
    const found = this.#find(path);
    if (!found) return this.keyRange(path);
    const range = found.value && this.#rangeOf(found.value);
    if (!range || (range.line === range.endLine && range.column === range.endColumn))
      return this.keyRange(path);
    return range;
  }

  /** True if the file itself has a value at `path`. */
  has(path: KeyPath): boolean {
    return this.#find(path) !== undefined;
  }

  /** The value at `path` as written, on one line and shortened. */
  sourceOf(path: KeyPath): string {
    const value = this.#find(path)?.value;
    if (!value?.range) return '';
    return excerpt(this.text.slice(value.range[0], value.range[1]));
  }

  /** The line of `path` with its value in quotes; undefined if it is not a key with plain text, or an empty value. */
  quotedAt(path: KeyPath): QuotedText | undefined {
    const found = this.#find(path);
    const range = (found?.key ?? found?.value)?.range;
    const line = range ? quotedLine(this.text, range[0]) : undefined;
    return line?.key === path.at(-1) ? line : undefined;
  }

  /** The comment without a space after its # that follows the value at `path` on its line: it may be meant as text. */
  gluedComment(path: KeyPath): string | undefined {
    const range = this.#find(path)?.value?.range;
    return range ? /^[ \t]+(#[^\s#].*)/.exec(this.text.slice(range[1]))?.[1]?.trimEnd() : undefined;
  }

  /** The text of the plain or quoted scalar at `path`, without its quotes. */
  scalarAt(path: KeyPath): string | undefined {
    const value = this.#find(path)?.value;
    return isScalar(value) ? String(value.value) : undefined;
  }

  /**
   * The range to delete to remove an entry of a list, with its comma or dash; undefined for the first entry, and if
   * other text is on the entry's lines.
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
    // The last line of a text may lack a line break; then the one before it is deleted.
    return lineEnd < 0
      ? toRange(this.#lines, lineStart - 1, this.text.length)
      : toRange(this.#lines, lineStart, lineEnd + 1);
  }

  /** Range of the first key of the mapping at `path`. */
  firstKeyRange(path: KeyPath): SourceRange | undefined {
    const value = this.#find(path)?.value;
    const first = isMap(value) ? value.items[0]?.key : undefined;
    return isNode(first) ? this.#rangeOf(first) : undefined;
  }

  /** Makes a problem at the key or the value of `path`. */
  problem(path: KeyPath, at: 'key' | 'value', text: ProblemText): Problem {
    return makeProblem(
      this.file,
      at === 'key' ? this.keyRange(path) : this.valueRange(path),
      formatKeyPath(path),
      text,
    );
  }

  /** The innermost path whose key or value covers a position (from 1), and which of the two does. */
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
        const pair = this.#pairsOf(container).get(String(part));
        if (!pair) return undefined;
        found = { key: pair.key, value: pair.value };
      } else if (isSeq(container) && typeof part === 'number' && part < container.items.length) {
        found = { value: container.items[part] as Node };
      } else return undefined;
    }
    return found;
  }

  #pairsOf(mapping: YAMLMap): ReadonlyMap<string, Pair<Node, Node | null>> {
    let pairs = this.#pairs.get(mapping);
    if (!pairs) {
      // Of several equal keys, the value of the last one is used.
      pairs = new Map((mapping.items as Pair<Node, Node | null>[]).map((pair) => [keyText(pair.key), pair]));
      this.#pairs.set(mapping, pairs);
    }
    return pairs;
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

/**
 * A document whose text is not parsed, with the problem that prevents it.
 * @param start offset of the mistake in the text
 * @param end offset after the mistake
 */
export function rejectedDocument(
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
