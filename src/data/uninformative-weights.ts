/** Weights of a zoo that teach nothing: updates of zero, and the same weights under different prompts. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { fewNamed } from '../project/few-named.ts';
import { findLoraPairs } from './lora-pairs.ts';
import type { PlacedTensor } from './lora-scale.ts';

/** The last weights of one file. */
export interface PromptedWeights {
  readonly path: string;
  readonly prompt: string;
  readonly vector: Float32Array;
}

/**
 * Warnings about weights that have no effect, and about files that say the same for different prompts.
 * @param tensors the place of every tensor in each vector
 * @param alphas value of each alpha that all files share, by the tensor's name
 */
export function uninformativeWarnings(
  tensors: readonly PlacedTensor[],
  alphas: Readonly<Record<string, number>>,
  files: readonly PromptedWeights[],
): string[] {
  return [...zeroWarnings(tensors, alphas, files), ...copyWarnings(files)];
}

/** A LoRA whose up factors or alphas are all 0 adds nothing to its base, whatever its down factors are. */
function zeroWarnings(
  tensors: readonly PlacedTensor[],
  alphas: Readonly<Record<string, number>>,
  files: readonly PromptedWeights[],
): string[] {
  const pairs = findLoraPairs(new Map(tensors.map((tensor) => [tensor.name, tensor])));
  const idle = new Set(
    pairs.flatMap(({ down, up, alpha }) => [
      down,
      ...(alpha === undefined ? [] : alphas[alpha] === 0 ? [up, alpha] : [alpha]),
    ]),
  );
  // Other tensors, such as biases, have an effect of their own.
  const effective = tensors.filter(({ name }) => !idle.has(name));
  return files
    .filter(({ vector }) =>
      effective.every(({ offset, size }) =>
        vector.subarray(offset, offset + size).every((value) => value === 0),
      ),
    )
    .map(
      ({ path }) =>
        `${path}: these weights have no effect: ${pairs.length === 0 ? 'all of them are 0' : 'every up factor or alpha is 0'}. Check the training that they come from, or remove the file.`,
    );
}

function copyWarnings(files: readonly PromptedWeights[]): string[] {
  const groups = new Map<string, PromptedWeights[]>();
  for (const file of files) {
    const hash = createHash('sha256').update(file.vector).digest('hex');
    groups.set(hash, [...(groups.get(hash) ?? []), file]);
  }
  return [...groups.values()]
    .filter((group) => new Set(group.map(({ prompt }) => prompt)).size > 1)
    .map(([first, ...others]) => {
      const names = fewNamed(others.map(({ path }) => basename(path)));
      return (
        `${first!.path}: the same weights as ${names}, but with another prompt: nothing can be learned from them about ` +
        'what the prompt changes. Check the files, or keep one of them.'
      );
    });
}
