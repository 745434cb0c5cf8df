import { formOf } from '../names.ts';
import type { Problem } from '../problem.ts';
import type { YamlDocument } from '../yaml/document.ts';
import { formatKeyPath, type KeyPath, valueAt } from '../yaml/key-path.ts';
import { NAME_LISTS } from './name-places.ts';

/** Lists that are sets, in which a repeated entry has no effect. (Effects are not: they are applied in order.) */
const SETS: readonly KeyPath[] = [...NAME_LISTS, ['evaluate', 'baselines']];

/** A warning at each repeated entry of a set. */
export function repeatedEntries(document: YamlDocument): Problem[] {
  const problems: Problem[] = [];
  for (const path of SETS) {
    const entries = valueAt(document.value, path);
    if (!Array.isArray(entries)) continue;
    const seen = new Set<unknown>();
    for (const [i, entry] of entries.entries()) {
      const name = typeof entry === 'string' ? formOf(entry) : entry;
      if (seen.has(name)) {
        problems.push(
          document.problem([...path, i], 'value', {
            kind: 'duplicate-entry',
            message: `\`${entry}\` appears twice in \`${formatKeyPath(path)}\`.`,
            remedy: 'Remove one of the two.',
            found: document.sourceOf([...path, i]),
            severity: 'warning',
          }),
        );
      }
      seen.add(name);
    }
  }
  return problems;
}
