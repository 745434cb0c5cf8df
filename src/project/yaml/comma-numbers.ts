import { type Document, isScalar, type Pair, type Scalar, visit } from 'yaml';
import { numberMeant } from './quoting.ts';
import type { TreeProblem } from './tree-problems.ts';

/**
 * Finds numbers with a comma in braces: in `{ steps: 1,000 }`, YAML reads 1 and a key `000`. Such keys are removed from
 * the tree, since they were not meant as keys.
 */
export function commaNumbers(document: Document, text: string): TreeProblem[] {
  const problems: TreeProblem[] = [];
  visit(document, {
    Map(_, map) {
      if (!map.flow || !map.items.some(isStray)) return;
      const kept: Pair[] = [];
      for (let i = 0; i < map.items.length; i++) {
        const pair = map.items[i]!;
        kept.push(pair);
        const value = pair.value;
        if (!isScalar(value) || typeof value.value !== 'number' || !value.range) continue;
        let end = value.range[1];
        let next = i + 1;
        // Without a space after the comma: `1,000`, not `1, 000`.
        while (isStray(map.items[next]) && startOf(map.items[next]!) === end + 1 && text[end] === ',')
          end = (map.items[next++]!.key as Scalar).range![1];
        const written = text.slice(value.range[0], end);
        const meant = next > i + 1 ? numberMeant(written) : undefined;
        if (meant === undefined) continue;
        i = next - 1;
        problems.push({
          kind: 'syntax',
          message: `A comma ends the value here, so ${written} is not one number.`,
          remedy: `Write ${meant}.`,
          found: written,
          replacements: [meant],
          range: [value.range[0], end],
          key: '',
          fatal: false,
        });
      }
      map.items = kept;
    },
  });
  return problems;
}

/** Whether a pair is a number without a value. */
function isStray(pair: unknown): boolean {
  const { key, value } = (pair ?? {}) as Pair;
  return (
    isScalar(key) &&
    !!key.range &&
    /^\d/.test(String(key.value)) &&
    (value === null || (isScalar(value) && value.value === null))
  );
}

const startOf = (pair: Pair) => (pair.key as Scalar).range![0];
