/**
 * Gaussian diffusion over weight blocks, on plain arrays. At timestep t of T, a clean block x0 becomes
 * x_t = sqrt(alphaBar_t) x0 + sqrt(1 - alphaBar_t) noise (Ho et al. 2020, equation 4).
 */

import type { EncodedPrompt } from '../data/prompt-encoder.ts';
import type { Random } from '../data/random.ts';

export interface NoiseSchedule {
  /** Number of timesteps T. */
  readonly timesteps: number;
  /** T + 1 values from 1 (clean) down to about 0 (noise only). */
  readonly alphaBar: Float64Array;
}

/**
 * What the network predicts: the clean block x0, or v = sqrt(alphaBar) noise - sqrt(1 - alphaBar) x0 (Salimans and Ho 2022).
 */
export type Prediction = 'x0' | 'v';

/** Offset of the cosine schedule (Nichol and Dhariwal 2021, equation 17). */
const COSINE_OFFSET = 0.008;
/** First and last beta of the linear schedule for T = 1000 (Ho et al. 2020). */
const LINEAR_BETAS = { first: 1e-4, last: 0.02, timesteps: 1000 };

/**
 * Makes a noise schedule. The cosine schedule ends in pure noise; the linear one, whose betas are stretched to T steps, ends
 * at alphaBar_T = 4e-5 for large T.
 * @param timesteps T, 2 or more
 */
export function createSchedule(kind: 'cosine' | 'linear', timesteps: number): NoiseSchedule {
  const alphaBar = new Float64Array(timesteps + 1).fill(1);
  const angle = (t: number) => (((t / timesteps + COSINE_OFFSET) / (1 + COSINE_OFFSET)) * Math.PI) / 2;
  for (let t = 1; t <= timesteps; t++) {
    if (kind === 'cosine') alphaBar[t] = (Math.cos(angle(t)) / Math.cos(angle(0))) ** 2;
    else {
      const { first, last } = LINEAR_BETAS;
      const beta = first + ((last - first) * (t - 1)) / (timesteps - 1);
      alphaBar[t] = alphaBar[t - 1]! * (1 - Math.min(0.999, (beta * LINEAR_BETAS.timesteps) / timesteps));
    }
  }
  return { timesteps, alphaBar };
}

/** x_t of clean values and noise. */
export function addNoise(clean: Float32Array, noise: Float32Array, alphaBar: number): Float32Array {
  const [signal, sigma] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  return clean.map((value, i) => signal * value + sigma * noise[i]!);
}

/** The prediction of a perfect network. */
export function predictionTarget(
  prediction: Prediction,
  clean: Float32Array,
  noise: Float32Array,
  alphaBar: number,
): Float32Array {
  if (prediction === 'x0') return clean;
  const [signal, sigma] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  return clean.map((value, i) => signal * noise[i]! - sigma * value);
}

/** The clean values that correspond to a prediction for x_t. */
export function cleanEstimate(
  prediction: Prediction,
  predicted: Float32Array,
  noisy: Float32Array,
  alphaBar: number,
): Float32Array {
  if (prediction === 'x0') return predicted;
  const [signal, sigma] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  return predicted.map((value, i) => signal * noisy[i]! - sigma * value);
}

export interface NetworkConventions {
  readonly schedule: NoiseSchedule;
  readonly prediction: Prediction;
  /**
   * If true, the network gets sqrt(alphaBar_t) x_t. At t = T, x_T is pure noise, and the network then sees only zeros, so
   * that one-step denoising gives the same weights for every seed.
   */
  readonly gateInput: boolean;
}

export interface SamplerOptions extends NetworkConventions {
  /** Denoising steps, 1 to T. */
  readonly steps: number;
  /** With 1, the prompt's prediction is used unchanged; otherwise null + guidance · (prompt - null) (Ho and Salimans 2022). */
  readonly guidance: number;
  /** [count, blockSize], the splitter's mask: padding stays 0 throughout, as in training. */
  readonly mask: Float32Array;
  readonly random: Random;
  /**
   * Runs the network on all blocks.
   * @param timestep t / T, in (0, 1]
   * @param prompt true for the prompt, false for the null prompt
   */
  readonly predict: (input: Float32Array, timestep: number, prompt: boolean) => Promise<Float32Array>;
  /**
   * Called with x_t before the first step and after each step. The last x_t is the result.
   * @param timestep t / T, from 1 (noise) to 0
   */
  readonly onState?: (timestep: number, noisy: Float32Array) => void;
}

/**
 * Samples blocks from noise with deterministic DDIM (Song et al. 2021, equation 12 with sigma 0) at evenly spaced timesteps
 * from T down. The paper uses one step.
 */
export async function sampleBlocks(options: SamplerOptions): Promise<Float32Array> {
  const { schedule, prediction, steps, mask, random } = options;
  const { timesteps, alphaBar } = schedule;
  if (!(Number.isInteger(steps) && steps >= 1 && steps <= timesteps)) {
    throw new RangeError(`sampleBlocks: ${steps} steps are not an integer from 1 to ${timesteps}`);
  }
  let noisy = masked(random.fillNormal(new Float32Array(mask.length)), mask);
  options.onState?.(1, noisy);
  let estimate = noisy;
  for (let step = 0; step < steps; step++) {
    const t = Math.round((timesteps * (steps - step)) / steps);
    const next = Math.round((timesteps * (steps - step - 1)) / steps);
    const predicted = await guidedPrediction(options, noisy, t);
    estimate = masked(cleanEstimate(prediction, predicted, noisy, alphaBar[t]!), mask);
    const noise = noiseIn(noisy, estimate, alphaBar[t]!);
    noisy = addNoise(estimate, noise, alphaBar[next]!);
    options.onState?.(next / timesteps, noisy);
  }
  return estimate;
}

async function guidedPrediction(
  options: SamplerOptions,
  noisy: Float32Array,
  t: number,
): Promise<Float32Array> {
  const { schedule, guidance, predict } = options;
  const input = networkInput(options, noisy, schedule.alphaBar[t]!);
  const timestep = t / schedule.timesteps;
  const prompted = await predict(input, timestep, true);
  if (guidance === 1) return prompted;
  const unprompted = await predict(input, timestep, false);
  return prompted.map((value, i) => unprompted[i]! + guidance * (value - unprompted[i]!));
}

function networkInput(
  { gateInput }: NetworkConventions,
  noisy: Float32Array,
  alphaBar: number,
): Float32Array {
  if (!gateInput) return noisy;
  const gate = Math.sqrt(alphaBar);
  return noisy.map((value) => gate * value);
}

/** The noise in x_t, given x0. */
function noiseIn(noisy: Float32Array, clean: Float32Array, alphaBar: number): Float32Array {
  const [signal, sigma] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  return noisy.map((value, i) => (value - signal * clean[i]!) / sigma);
}

function masked(values: Float32Array, mask: Float32Array): Float32Array {
  return values.map((value, i) => value * mask[i]!);
}

type PromptTokens = Pick<EncodedPrompt, 'tokens' | 'mask'>;

/** The training data of a weight generator. */
export interface DiffusionData {
  readonly examples: readonly {
    /** [count, blockSize], standardized. */
    readonly blocks: Float32Array;
    readonly prompt: PromptTokens;
  }[];
  readonly blockSize: number;
  /** [count, blockSize]: 1 for weights, 0 for padding. */
  readonly mask: Float32Array;
  /** Replaces the prompt in a share of the samples, for guidance. */
  readonly nullPrompt: PromptTokens;
}

export interface DiffusionBatchOptions extends NetworkConventions {
  readonly batchSize: number;
  /** Share of samples at t = T, where one-step denoising starts; the others are uniform over 1 to T. */
  readonly lastTimestepShare: number;
  /** Share of samples with the null prompt. */
  readonly promptDropout: number;
  /** If true, the network gets the index of each block; otherwise, the index is always 0. */
  readonly blockIndex: boolean;
}

/** Inputs of `denoiserTrainingStep`. */
export type DiffusionBatch = Record<
  'blocks' | 'timestep' | 'tokenMask' | 'target' | 'targetMask',
  Float32Array
> & { blockIndex: Int32Array; tokens: Int32Array };

/** Makes a training batch of random blocks of random examples at random timesteps. */
export function diffusionBatch(
  data: DiffusionData,
  options: DiffusionBatchOptions,
  random: Random,
): DiffusionBatch {
  const { batchSize, schedule, prediction } = options;
  const { blockSize, nullPrompt } = data;
  const count = data.mask.length / blockSize;
  const length = nullPrompt.tokens.length;
  const batch: DiffusionBatch = {
    blocks: new Float32Array(batchSize * blockSize),
    blockIndex: new Int32Array(batchSize),
    timestep: new Float32Array(batchSize),
    tokens: new Int32Array(batchSize * length),
    tokenMask: new Float32Array(batchSize * length),
    target: new Float32Array(batchSize * blockSize),
    targetMask: new Float32Array(batchSize * blockSize),
  };
  for (let row = 0; row < batchSize; row++) {
    const example = data.examples[random.int(data.examples.length)]!;
    const block = random.int(count);
    const last = random.uniform() < options.lastTimestepShare;
    const t = last ? schedule.timesteps : 1 + random.int(schedule.timesteps);
    const prompt = random.uniform() < options.promptDropout ? nullPrompt : example.prompt;
    const alphaBar = schedule.alphaBar[t]!;
    const [start, end] = [block * blockSize, (block + 1) * blockSize];
    const mask = data.mask.subarray(start, end);
    const clean = masked(example.blocks.subarray(start, end), mask);
    const noise = masked(random.fillNormal(new Float32Array(blockSize)), mask);
    batch.blocks.set(networkInput(options, addNoise(clean, noise, alphaBar), alphaBar), row * blockSize);
    batch.blockIndex[row] = options.blockIndex ? block : 0;
    batch.timestep[row] = t / schedule.timesteps;
    batch.tokens.set(prompt.tokens, row * length);
    batch.tokenMask.set(prompt.mask, row * length);
    batch.target.set(predictionTarget(prediction, clean, noise, alphaBar), row * blockSize);
    batch.targetMask.set(mask, row * blockSize);
  }
  return batch;
}
