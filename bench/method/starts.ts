/** LoRA vectors from which a concept's fine-tuning can start. */
import { Random } from '../../src/data/random.ts';
import type { ZooMember } from '../../src/data/zoo.ts';
import { predictRidge } from '../../src/models/ridge.ts';
import {
  loadWeightGenerator,
  type WeightGenerator,
} from '../../src/pipeline/weight-generator/generator-file.ts';
import { ridgeOfZoo } from '../../src/pipeline/weight-generator/weight-codec.ts';
import { denoiseWeights } from '../../src/pipeline/weight-generator/weight-sampler.ts';
import type { BaseModel } from '../../src/pipeline/weights/base-model.ts';
import { finalVector, meanVector, nearestMember, readZoo } from '../../src/pipeline/weights/zoo-vectors.ts';
import type { LoadedConcept, LoadedTraining } from '../../src/project/load.ts';
import { heldOutConcepts } from '../../src/project/selection.ts';
import { type BenchContext, device, trainingOf } from './context.ts';
import { trainingName } from './project.ts';
import type { StartName } from './work.ts';

/** Noise of a noisy member, in standard deviations of each weight over the zoo. */
const NOISE = 0.5;

export interface Sampling {
  readonly steps: number;
  readonly guidance: number;
  /** Seed of the noise that denoising starts from. */
  readonly seed: number;
}

export class ConceptStarts {
  private constructor(
    private readonly context: BenchContext,
    private readonly seed: number,
    private readonly concept: LoadedConcept,
    private readonly base: BaseModel,
    private readonly zoo: readonly ZooMember[],
  ) {}

  static async open(
    context: BenchContext,
    seed: number,
    concept: LoadedConcept,
    base: BaseModel,
  ): Promise<ConceptStarts> {
    const zoo = await readZoo(context.project, trainingOf(context, trainingName(seed)), base);
    return new ConceptStarts(context, seed, concept, base, zoo);
  }

  get members(): readonly ZooMember[] {
    return this.zoo;
  }

  vector(name: StartName): Promise<Float32Array> | Float32Array {
    const { prompt } = this.concept;
    const one = { steps: 1, guidance: 1, seed: this.seed };
    switch (name) {
      case 'denoised':
        return this.denoised('', prompt, one);
      case 'denoised-20':
        return this.denoised('', prompt, { ...one, steps: 20 });
      case 'shuffled':
        return this.denoised('', this.otherPrompt(), one);
      case 'deterministic':
        return this.denoised('deterministic', prompt, one);
      case 'ridge': {
        return this.ridge(prompt);
      }
      case 'nearest':
        return this.nearest(prompt);
      case 'random':
        return this.randomMember();
      case 'noisy':
        return this.withNoise(this.randomMember());
      case 'mean':
        return meanVector(this.zoo);
      case 'fresh':
        return this.base.loraStart;
    }
  }

  /**
   * The vector denoised for a prompt.
   * @param variant of the weight generator; empty: the benchmark's own
   */
  async denoised(variant: string, prompt: string, sampling: Sampling): Promise<Float32Array> {
    const { generator, training } = await this.generator(variant);
    const config = training.config.weightGenerator;
    const { vector } = await denoiseWeights(
      generator,
      { ...config, sampling: { ...config.sampling, guidance: sampling.guidance } },
      prompt,
      { steps: sampling.steps, seed: sampling.seed, device: await device(this.context) },
    );
    return vector;
  }

  async ridge(prompt: string): Promise<Float32Array> {
    const { encoder } = (await this.generator('')).generator.codec;
    const [features] = await encoder.features([prompt]);
    return predictRidge(await ridgeOfZoo(encoder, this.zoo), features!);
  }

  private async nearest(prompt: string): Promise<Float32Array> {
    const { encoder } = (await this.generator('')).generator.codec;
    return finalVector(await nearestMember(encoder.kind, this.zoo, prompt));
  }

  private async generator(
    variant: string,
  ): Promise<{ generator: WeightGenerator; training: LoadedTraining }> {
    const name = trainingName(this.seed) + (variant ? `-${variant}` : '');
    const training = trainingOf(this.context, name);
    return { training, generator: await loadWeightGenerator(this.context.project, training, this.base) };
  }

  /** The prompt of the next held-out concept in the list. */
  private otherPrompt(): string {
    const concepts = heldOutConcepts(this.context.project, trainingOf(this.context, trainingName(this.seed)));
    const others = concepts.filter(({ prompt }) => prompt !== this.concept.prompt);
    return others[this.random('prompt').int(others.length)]!.prompt;
  }

  private randomMember(): Float32Array {
    return finalVector(this.zoo[this.random('member').int(this.zoo.length)]!);
  }

  private withNoise(vector: Float32Array): Float32Array {
    const mean = meanVector(this.zoo);
    const random = this.random('noise');
    return vector.map((value, i) => {
      const variance =
        this.zoo.reduce((sum, member) => sum + (finalVector(member)[i]! - mean[i]!) ** 2, 0) /
        this.zoo.length;
      return value + NOISE * Math.sqrt(variance) * random.normal();
    });
  }

  private random(purpose: string): Random {
    return new Random(this.seed).fork(`${this.concept.name} ${purpose}`);
  }
}
