import { basename } from 'node:path';
import { UserError } from '../project/user-error.ts';

/** What the files of a zoo must have in common. */
export interface Likeness {
  readonly path: string;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The base that the weights belong to; undefined for weights of other tools. */
  readonly base: string | undefined;
}

/** Number of files that a message names. */
const MAX_NAMED = 3;

/**
 * Refuses a zoo whose files do not all have the same tensors. What most files have is right: the first file may be the
 * odd one.
 * @throws UserError that names an odd file, what is different, and the files that it is compared with
 */
export function refuseUnlike(files: readonly Likeness[]): void {
  const groups = new Map<string, Likeness[]>();
  for (const file of files) {
    const key = signature(file);
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  if (groups.size < 2) return;
  const most = [...groups.values()].reduce((largest, group) =>
    group.length > largest.length ? group : largest,
  );
  const odd = files.find((file) => !most.includes(file))!;
  throw new UserError(
    'unlike-zoo',
    `${odd.path}: ${difference(odd, most[0]!, named(most))}. ` +
      'All files of a zoo must have the same tensors: remove the file, or train on each kind separately.',
  );
}

function signature({ tensors, base }: Likeness): string {
  return JSON.stringify([[...shapesOf(tensors)].sort(([a], [b]) => (a < b ? -1 : 1)), base]);
}

function shapesOf(tensors: Likeness['tensors']): Map<string, string> {
  return new Map(tensors.map(({ name, shape }) => [name, `[${shape.join(', ')}]`]));
}

function difference(odd: Likeness, usual: Likeness, others: { names: string; verb: string }): string {
  const [expected, found] = [shapesOf(usual.tensors), shapesOf(odd.tensors)];
  for (const [name, shape] of expected) {
    if (!found.has(name)) return `it lacks tensor '${name}', which ${others.names} ${others.verb}`;
    if (found.get(name) !== shape)
      return `tensor '${name}' has shape ${found.get(name)}, but ${shape} in ${others.names}`;
  }
  for (const name of found.keys()) {
    if (!expected.has(name)) return `tensor '${name}' is not in ${others.names}`;
  }
  return `it belongs to base ${odd.base ?? 'unknown'}, but ${others.names} to ${usual.base ?? 'unknown'}`;
}

/** "a.safetensors, b.safetensors and 7 more", with the form of "to have" that follows. */
function named(files: readonly Likeness[]): { names: string; verb: string } {
  const shown = files
    .slice(0, files.length > MAX_NAMED ? MAX_NAMED - 1 : MAX_NAMED)
    .map(({ path }) => basename(path));
  const rest = files.length - shown.length;
  const items = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = items.pop()!;
  return {
    names: items.length > 0 ? `${items.join(', ')} and ${last}` : last,
    verb: files.length > 1 ? 'have' : 'has',
  };
}
