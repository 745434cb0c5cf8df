/** Units of work and their answers, both as JSON so that they can be sent to worker processes and kept in files. */
import type { JsonObject } from '../../src/protocol/json.ts';
import type { CurvePoint } from './curve.ts';

/** Settings of training a whole generator from random weights. */
export interface ScratchSettings {
  /** Pix2pix's ResNet, or the generator that ours adapts. */
  readonly generator: 'resnet' | 'e2gan';
  /** Optimizer of the generator; absent: Adam. */
  readonly optimizer?: 'adam' | 'muon';
  readonly learningRate: number;
  readonly batchSize: number;
  readonly schedule: 'linear' | 'cosine';
  /** Number of first steps over which the rate rises; absent: none. */
  readonly warmup?: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Number of steps between updates of the discriminator. */
  readonly discriminatorEvery: number;
  readonly steps: number;
}

export interface FineTuneSettings {
  /** Absent: Adam. */
  readonly optimizer?: 'adam' | 'muon';
  readonly learningRate: number;
  readonly trainable: 'lora' | 'all';
  /** The discriminator to start with; absent: the base's. */
  readonly discriminator?: 'fresh';
  readonly warmup: number;
  readonly steps: number;
}

/** Keys of `weightGenerator` that a variant overrides in the benchmark's config. */
export interface Variant {
  readonly name: string;
  readonly keys: Readonly<Record<string, unknown>>;
  /** Number of zoo concepts to use; absent: all. */
  readonly zoo?: number;
}

/** A zoo other than the benchmark's, in its own project. */
export interface OtherZoo {
  readonly name: string;
  /** Keys that override the benchmark's config. With `lora` the zoo has its own base as well. */
  readonly sections: Readonly<Partial<Record<'lora' | 'collect', Readonly<Record<string, unknown>>>>>;
}

export type Unit =
  | { readonly kind: 'zoo'; readonly seed: number; readonly other?: OtherZoo }
  | {
      readonly kind: 'generator';
      readonly seed: number;
      readonly variant: Variant;
      readonly other?: OtherZoo;
    }
  | {
      readonly kind: 'scratch';
      readonly seed: number;
      readonly concept: string;
      readonly settings: ScratchSettings;
      readonly measure: readonly number[];
    }
  | {
      readonly kind: 'fine-tune';
      readonly seed: number;
      readonly concept: string;
      readonly starts: readonly StartName[];
      readonly settings: FineTuneSettings;
      readonly measure: readonly number[];
    }
  | {
      readonly kind: 'starts';
      readonly seed: number;
      readonly concept: string;
      readonly variant: string;
      readonly sampling: { readonly steps: number; readonly guidance: number };
      readonly other?: OtherZoo;
    }
  | {
      readonly kind: 'alternatives';
      readonly seed: number;
      readonly concept: string;
      readonly draws: number;
      /** Variants of the weight generator: one that draws a joint latent, and one that draws blocks one by one. */
      readonly joint: string;
      readonly blocks: string;
    }
  | {
      readonly kind: 'timing';
      readonly fineTune: FineTuneSettings;
      readonly scratch: Readonly<Record<string, ScratchSettings>>;
      readonly concept: string;
      readonly seed: number;
    };

/** The starts of a fine-tuning. */
export const START_NAMES = {
  denoised: 'Denoised, 1 step',
  'denoised-20': 'Denoised, 20 steps',
  shuffled: 'Denoised for another prompt',
  deterministic: 'Deterministic network of the same shape',
  ridge: 'Ridge regression',
  nearest: 'Nearest zoo member',
  random: 'Random zoo member',
  noisy: 'Random zoo member plus noise',
  mean: 'Mean of the zoo',
  fresh: 'Fresh LoRA on the base (E2GAN)',
} as const;
export type StartName = keyof typeof START_NAMES;

export interface ZooAnswer {
  readonly seconds: { readonly base: number; readonly zoo: number };
  readonly parameters: JsonObject;
  /** PSNR in dB of the zoo's members on held-out images at the end of their training. */
  readonly members: readonly number[];
}
export interface GeneratorAnswer {
  readonly seconds: number;
  readonly blocks: number;
  readonly parameters: number;
  readonly ridgeLeaveOneOutError?: number;
}
export interface ScratchAnswer {
  readonly points: readonly CurvePoint[];
}
/** A curve for each start. */
export type FineTuneAnswer = Readonly<Partial<Record<StartName, readonly CurvePoint[]>>>;
export interface StartsAnswer {
  readonly psnr: number;
}
/** Milliseconds of a step: the median over the turns of every training in one process. */
export type TimingAnswer = Readonly<Record<string, number>>;

export interface AnswerOf {
  zoo: ZooAnswer;
  generator: GeneratorAnswer;
  scratch: ScratchAnswer;
  'fine-tune': FineTuneAnswer;
  starts: StartsAnswer;
  alternatives: AlternativesAnswer;
  timing: TimingAnswer;
}

/** Several draws for one prompt, compared with controls that cannot draw. */
export interface AlternativesAnswer {
  readonly candidates: Readonly<
    Record<
      string,
      {
        /** PSNR in dB on held-out images for each draw. */
        readonly psnr: readonly number[];
        /** Index of the draw that is best on five training images. */
        readonly chosen: number;
        /** Mean absolute difference between each draw's images and those of the prompt's nearest zoo member. */
        readonly toNearestMember: readonly number[];
        /** The same difference between two draws, the median over pairs; absent with one draw. */
        readonly betweenDraws?: number;
      }
    >
  >;
  /**
   * The same difference between the prompt's zoo members: the median over each one's nearest other; absent with one
   * member.
   */
  readonly betweenMembers?: number;
}

/** A unit's file name: a description in words, and a digest of the whole unit. */
export function unitLabel(unit: Unit): string {
  const words = [unit.kind, `seed ${unit.seed}`];
  if ('other' in unit && unit.other) words.push(unit.other.name);
  if ('concept' in unit) words.push(unit.concept);
  if (unit.kind === 'generator') words.push(unit.variant.name);
  if (unit.kind === 'starts') words.push(unit.variant, `${unit.sampling.steps} steps`);
  if (unit.kind === 'fine-tune') words.push(`${unit.settings.steps} steps`);
  if (unit.kind === 'scratch') words.push(unit.settings.generator, `lr ${unit.settings.learningRate}`);
  return words.join(', ');
}
