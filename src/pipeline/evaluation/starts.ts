import type { DeviceReport } from '../../compute/types.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import { predictRidge } from '../../models/ridge.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { METHODS, type Method } from '../../protocol/comparison.ts';
import { type HeldOutImages, setQualityOf } from '../metrics/held-out.ts';
import { LoraTranslator } from '../metrics/lora-translator.ts';
import type { StageContext } from '../stage.ts';
import { denoiseBest } from '../weight-generator/best-of.ts';
import { loadWeightGenerator } from '../weight-generator/generator-file.ts';
import { ridgeOfZoo } from '../weight-generator/weight-codec.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { finalVector, meanVector, nearestMember, readZoo } from '../weights/zoo-vectors.ts';
import { type ConceptStarts, type FromScratch, isFromScratch } from './comparison.ts';

/** A LoRA vector that a concept's training may start from. */
export interface Start {
  readonly method: Exclude<Method, FromScratch>;
  readonly vector: Float32Array;
}

/**
 * Makes the starts of a concept: the denoised one, as in the denoise stage, and the baselines that the config names.
 * If the concept has a zoo member of its own, the baselines do not see it.
 */
export async function startsOfConcept(
  { project, training }: StageContext,
  base: BaseModel,
  device: DeviceReport,
  seed: number,
): Promise<(concept: LoadedConcept, pairs: PreparedPairs) => Promise<Start[]>> {
  const { sampling } = training.config.weightGenerator;
  const generator = await loadWeightGenerator(project, training, base);
  const zoo = await readZoo(project, training, base);
  const wanted = new Set<Method>(['denoised', ...training.config.evaluate.baselines]);
  const { encoder } = generator.codec;
  return async (concept, pairs) => {
    const { name, prompt } = concept;
    const members = zoo.filter((member) => member.concept !== name);
    const draws = { count: sampling.bestOf, steps: sampling.steps, seed, device, pairs };
    const vectorOf: Record<Start['method'], () => Promise<Float32Array> | Float32Array> = {
      denoised: async () =>
        (await denoiseBest(generator, base, training.config, concept, draws)).weights.vector,
      ridge: async () => {
        const [features] = await encoder.features([prompt]);
        return predictRidge(await ridgeOfZoo(encoder, members), features!);
      },
      nearest: async () => finalVector(await nearestMember(encoder.kind, members, prompt)),
      mean: () => meanVector(members),
      fresh: () => base.loraStart,
    };
    const starts: Start[] = [];
    for (const method of Object.keys(METHODS) as Method[]) {
      if (!isFromScratch(method) && wanted.has(method))
        starts.push({ method, vector: await vectorOf[method]() });
    }
    return starts;
  };
}

/** Quality on held-out images of the base with each start's LoRA, before any training. */
export async function qualityAtStart(
  { name, prompt }: LoadedConcept,
  starts: readonly Start[],
  heldOut: HeldOutImages,
  base: BaseModel,
  device: DeviceReport,
): Promise<ConceptStarts> {
  const translator = await LoraTranslator.create(base, device, heldOut.count);
  try {
    const quality: ConceptStarts['quality'] = {};
    for (const { method, vector } of starts) {
      quality[method] = await setQualityOf(translator.translate(vector, heldOut), heldOut.size);
    }
    return { concept: name, prompt, quality };
  } finally {
    await translator.dispose();
  }
}
