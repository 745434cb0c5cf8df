import type { Problem, ProblemText } from '../problem.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { KeyPath } from '../yaml/key-path.ts';

/**
 * A problem with a training config's resolved value, placed where the value was written: in the nearest file of the chain
 * that has the key. A value from a preset or a default has no such place; then the problem is at `extends`, or at the
 * nearest key around it.
 */
export function problemInChain(
  chain: readonly YamlDocument[],
  path: KeyPath,
  text: ProblemText,
  at: 'key' | 'value' = 'value',
): Problem {
  const writer = chain.find((document) => document.has(path));
  if (writer) return writer.problem(path, at, text);
  const nearest = chain[0]!;
  const problem = nearest.problem(path, 'key', text);
  return nearest.has(path.slice(0, 1)) || !nearest.has(['extends'])
    ? { ...problem, replacements: [] }
    : { ...problem, ...nearest.valueRange(['extends']), replacements: [] };
}
