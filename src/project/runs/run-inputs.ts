import { isDeepStrictEqual } from 'node:util';
import type { RunConcept, RunRecord } from '../../protocol/run.ts';
import { fewNamed } from '../few-named.ts';
import { conceptDifferences } from '../zoo/concept-inputs.ts';
import type { ConceptChange } from '../zoo/member-state.ts';

/** What a run was begun with, besides its config and options, or what it would begin with now. */
export type RunInputs = Pick<RunRecord, 'hashes' | 'concepts'>;

/** What has changed since a run began, as parts of a sentence; empty if nothing has. */
export function inputChanges(was: RunInputs, written: RunInputs): string[] {
  // Through JSON, as if read from a file, so that only written values are compared.
  const now: RunInputs = JSON.parse(JSON.stringify(written));
  const hashes = Object.keys({ ...was.hashes, ...now.hashes })
    .filter((name) => was.hashes[name] !== now.hashes[name])
    .map((name) => {
      if (now.hashes[name] === undefined) return `${name} is gone`;
      return was.hashes[name] === undefined ? `${name} is new` : name;
    });
  return [...conceptChanges(was.concepts ?? {}, now.concepts ?? {}), ...hashes];
}

function conceptChanges(
  was: Readonly<Record<string, RunConcept>>,
  now: Readonly<Record<string, RunConcept>>,
): string[] {
  const moved: string[] = [];
  const edited: string[] = [];
  for (const name of Object.keys({ ...was, ...now }).sort()) {
    const [before, after] = [was[name], now[name]];
    if (before === undefined) moved.push(`${name} is new`);
    else if (after === undefined) moved.push(`${name} is gone`);
    else if (!isDeepStrictEqual(before, after)) edited.push(`${name} (${changeText(before, after)})`);
  }
  return [
    ...(moved.length > 0 ? [`concepts (${fewNamed(moved)})`] : []),
    ...(edited.length > 0 ? [`concept${edited.length === 1 ? '' : 's'} ${fewNamed(edited)}`] : []),
  ];
}

function changeText(before: RunConcept, after: RunConcept): string {
  const images = { count: 0, hash: '' };
  return conceptDifferences({ images, ...before }, { images, ...after })
    .map(wordsOf)
    .join(', ');
}

function wordsOf(change: ConceptChange): string {
  if (change.what !== 'images') return change.what;
  return change.was === change.now ? 'images' : `images: ${change.was} then, ${change.now} now`;
}
