import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Comparison } from '../../../src/pipeline/evaluation/comparison.ts';
import { evaluate } from '../../../src/pipeline/stages/evaluate.ts';
import type { LoadedTraining } from '../../../src/project/load.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { stageContext } from '../stage-context.ts';

type Config = LoadedTraining['config'];

/** PSNR at the end of Pix2pix and of the config's own generator, after four steps of each from random weights. */
async function ends(
  trained: TrainedProject,
  fineTune: Partial<Config['fineTune']>,
  learningRate = 2e-4,
): Promise<Record<string, number>> {
  const scratch = { channels: 4, blocks: 1, steps: 4, batchSize: 2, learningRate };
  const { context } = stageContext(trained, { concept: 'snow' }, (config) => ({
    ...config,
    fineTune: { ...config.fineTune, steps: 1, batchSize: 2, warmup: 0, ...fineTune },
    evaluate: { ...config.evaluate, baselines: ['pix2pix', 'sameGenerator'], scratch },
  }));
  mkdirSync(join(context.run.folder, 'samples'), { recursive: true });
  const { result } = await evaluate(context);
  const { curves } = result.comparison as unknown as Comparison;
  return Object.fromEntries(curves.map(({ method, points }) => [method, points.at(-1)!.psnr]));
}

test('the own generator is trained from scratch as fine-tuning trains it, Pix2pix as published', async () => {
  const trained = await makeTrainedProject();
  const adam = await ends(trained, { trainable: 'all', optimizer: 'adam', learningRate: 1e-3 });
  const muon = await ends(trained, { trainable: 'all', optimizer: 'muon', learningRate: 1e-3 });
  const faster = await ends(trained, { trainable: 'all', optimizer: 'adam', learningRate: 1e-3 }, 1e-3);
  expect(muon.sameGenerator).not.toBe(adam.sameGenerator);
  expect(muon.pix2pix).toBe(adam.pix2pix);
  expect(faster.sameGenerator).toBe(adam.sameGenerator);
  expect(faster.pix2pix).not.toBe(adam.pix2pix);
});

test('settings of LoRA layers say nothing of a whole generator, which is then trained as Pix2pix is', async () => {
  const trained = await makeTrainedProject();
  const slow = await ends(trained, { trainable: 'lora', optimizer: 'adam', learningRate: 1e-4 });
  const fast = await ends(trained, { trainable: 'lora', optimizer: 'muon', learningRate: 1e-2 });
  const faster = await ends(trained, { trainable: 'lora', optimizer: 'adam', learningRate: 1e-4 }, 1e-3);
  expect(fast.denoised).not.toBe(slow.denoised);
  expect(fast.sameGenerator).toBe(slow.sameGenerator);
  expect(faster.sameGenerator).not.toBe(slow.sameGenerator);
});

test('the warm-up is the same share of the steps', async () => {
  const trained = await makeTrainedProject();
  const all = { trainable: 'all', optimizer: 'adam', learningRate: 1e-3 } as const;
  // All steps of fine-tuning are warm-up, and so are the four from scratch.
  const warm = await ends(trained, { ...all, steps: 3, warmup: 3 });
  const alsoWarm = await ends(trained, { ...all, steps: 2, warmup: 2 });
  const cold = await ends(trained, { ...all, steps: 3, warmup: 0 });
  expect(alsoWarm.sameGenerator).toBe(warm.sameGenerator);
  expect(cold.sameGenerator).not.toBe(warm.sameGenerator);
});
