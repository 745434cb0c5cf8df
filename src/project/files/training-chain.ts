import type { Problem, ProblemText } from '../problem.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { KeyPath } from '../yaml/key-path.ts';

/**
 * A problem with a training config's resolved value, placed where that value was written: in the nearest file of the
 * chain that holds the key. A value that a preset or a default gives has no such place; then `extends`, or the
 * nearest key around it, stands for it.
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
