import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor } from '../../compute/types.ts';
import type { EncodedPrompt } from '../../data/prompt-encoder.ts';
import { Random } from '../../data/random.ts';
import { denoiserInferenceStep } from '../../models/denoiser-step.ts';
import { createSchedule, type NetworkConventions, sampleBlocks } from '../../models/diffusion.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { WeightGenerator } from './generator-file.ts';
import { decodeBlocks } from './weight-codec.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

export function diffusionConventions(config: GeneratorConfig): NetworkConventions {
  return {
    schedule: createSchedule(config.schedule, config.timesteps),
    prediction: config.prediction,
    gateInput: config.gateInput,
  };
}

/** Checks a number of denoising steps. @throws UserError if it is not from 1 to the diffusion's timesteps */
export function checkDenoisingSteps(steps: number, { timesteps }: GeneratorConfig): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= timesteps) return;
  throw new UserError(
    'bad-option-value',
    `${steps} denoising steps: with weightGenerator.timesteps ${timesteps}, use 1 to ${timesteps}.`,
  );
}

export interface DenoisedWeights {
  /** Flat LoRA vector. */
  readonly vector: Float32Array;
  readonly prompt: EncodedPrompt;
}

/**
 * Whether every seed gives the same weights: in a single step the gate has closed the input, within floating-point
 * precision (see `NetworkConventions.gateInput`).
 */
export function drawsAreEqual(config: GeneratorConfig, steps: number): boolean {
  const { alphaBar, timesteps } = createSchedule(config.schedule, config.timesteps);
  return steps === 1 && config.gateInput && Math.sqrt(alphaBar[timesteps]!) < FLOAT32_PRECISION;
}

const FLOAT32_PRECISION = 2 ** -24;

interface Draw {
  /** Number of denoising steps, from 1 to the diffusion's timesteps. */
  readonly steps: number;
  /** Seed of the noise that is denoised. */
  readonly seed: number;
  /** Called with the decoded noise and the decoded result of each step, the last being final; timesteps from 1 to 0. */
  readonly onState?: (timestep: number, vector: Float32Array) => void;
}

/** A weight generator that is compiled once for any number of draws. */
export class WeightSampler {
  private constructor(
    private readonly generator: WeightGenerator,
    private readonly config: GeneratorConfig,
    private readonly executor: Executor,
  ) {}

  static async create(
    generator: WeightGenerator,
    config: GeneratorConfig,
    device: DeviceReport,
  ): Promise<WeightSampler> {
    const { codec, denoiser, denoiserValues } = generator;
    const step = denoiserInferenceStep({ denoiser, batchSize: codec.splitter.count });
    const executor = await createExecutor(step, { device, values: { denoiser: denoiserValues.slice() } });
    return new WeightSampler(generator, config, executor);
  }

  /** Denoises the weights for a prompt: all blocks at once from noise, in one or several steps (DDIM), and decodes them. */
  async draw(prompt: string, { steps, seed, onState }: Draw): Promise<DenoisedWeights> {
    const { config, executor } = this;
    const { codec } = this.generator;
    const { splitter, encoder } = codec;
    const { count } = splitter;
    const [none, encoded] = (await encoder.encode(['', prompt], config.maxTokens)) as [
      EncodedPrompt,
      EncodedPrompt,
    ];
    const [features] = (await encoder.features([prompt])) as [Float32Array];
    const blocks = await sampleBlocks({
      ...diffusionConventions(config),
      steps,
      guidance: config.sampling.guidance,
      mask: splitter.mask,
      random: new Random(seed).fork('denoise'),
      ...(onState && {
        onState: (timestep, noisy) => onState(timestep, decodeBlocks(codec, noisy, features)),
      }),
      predict: async (input, timestep, prompted) => {
        const { tokens, mask } = prompted ? encoded : none;
        const { prediction } = await executor.run({
          blocks: input,
          blockIndex: Int32Array.from({ length: count }, (_, i) => (config.blockIndex ? i : 0)),
          timestep: new Float32Array(count).fill(timestep),
          tokens: repeated(tokens, count, new Int32Array(count * tokens.length)),
          tokenMask: repeated(mask, count, new Float32Array(count * mask.length)),
        });
        return prediction!;
      },
    });
    return { vector: decodeBlocks(codec, blocks, features), prompt: encoded };
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
  }
}

/** Makes a single draw with a sampler of its own. */
export async function denoiseWeights(
  generator: WeightGenerator,
  config: GeneratorConfig,
  prompt: string,
  { device, ...draw }: Draw & { readonly device: DeviceReport },
): Promise<DenoisedWeights> {
  const sampler = await WeightSampler.create(generator, config, device);
  try {
    return await sampler.draw(prompt, draw);
  } finally {
    await sampler.dispose();
  }
}

function repeated<T extends Int32Array | Float32Array>(row: T, count: number, into: T): T {
  for (let i = 0; i < count; i++) into.set(row, i * row.length);
  return into;
}
