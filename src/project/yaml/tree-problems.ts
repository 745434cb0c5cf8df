import { type Document, isAlias, isCollection, isPair, type Node, type Pair } from 'yaml';
import type { ProblemText } from '../problem.ts';
import { formatKeyPath, type KeyPath } from './key-path.ts';
import { MAX_DEPTH, TOO_DEEP } from './limits.ts';
import { quotedLine } from './quoting.ts';
import { keyText } from './source-text.ts';
import { textRemedy } from './syntax-text.ts';

export interface TreeProblem extends ProblemText {
  /** Start and end as offsets into the text. */
  range: [number, number];
  key: string;
  /** True if the tree cannot be converted to plain values. */
  fatal: boolean;
}

/** Finds mistakes that the parser accepts: equal keys, aliases to nothing or to their own parent, excessive depth, tags. */
export function treeProblems(document: Document, text: string): TreeProblem[] {
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
        const line = quotedLine(text, node.range![0]);
        add(node, path, true, {
          kind: 'syntax',
          message: target
            ? `The alias *${node.source} is inside the value that it names.`
            : `The alias *${node.source} has no anchor &${node.source} before it.`,
          ...(line && !target ? textRemedy(line) : { remedy: 'Write out the value.' }),
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
          kind: 'duplicate-key',
          message: `The key \`${key}\` appears twice in this mapping.`,
          remedy: 'Keep one of the two.',
          found: key,
        });
      } else seen.set(key, i);
      children.push({ node: pair.value, path: keyPath, parent: visit });
    }
    // In reverse, so that anchors are visited in the order of the text.
    for (const child of children.reverse()) stack.push(child);
  }
  return problems;
}
