/** Digests of what the steps of a training read, for its checkpoint: one made from other data must not be continued. */
import { createHash } from 'node:crypto';
import type { PreparedPairs } from '../../data/prepared.ts';

/** Digests by what they are taken of, in words for a message: "the pairs of snow". */
export type TrainingData = Readonly<Record<string, string>>;

/** SHA-256 over the pixels and names of all pairs, training and test. */
export async function pairsDigest({ size, train, test }: PreparedPairs): Promise<string> {
  const hash = createHash('sha256');
  for (const { count, names, source, target } of [train, test]) {
    hash.update(JSON.stringify([size, names]));
    for (const images of [source, target]) {
      for (let index = 0; index < count; index++) hash.update(await images.read(index));
    }
  }
  return hash.digest('hex');
}

/** SHA-256 over vectors, each with the text that it belongs to. */
export function vectorsDigest(
  members: readonly { readonly prompt: string; readonly checkpoints: readonly Float32Array[] }[],
): string {
  const hash = createHash('sha256');
  for (const { prompt, checkpoints } of members) {
    hash.update(JSON.stringify([prompt, checkpoints.map(({ length }) => length)]));
    for (const { buffer, byteOffset, byteLength } of checkpoints) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}

/** What differs, in words; empty if nothing does. */
export function dataChanges(was: TrainingData, now: TrainingData): string[] {
  return Object.keys({ ...was, ...now }).filter((what) => was[what] !== now[what]);
}
