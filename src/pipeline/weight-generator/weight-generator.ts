import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport, Executor } from '../../compute/types.ts';
import { type FileLayout, fileTensors } from '../../data/file-zoo.ts';
import { Random } from '../../data/random.ts';
import { type EncodedPrompt, nullPrompt, Vocabulary } from '../../data/text.ts';
import {
  type CheckpointArchitecture,
  readCheckpoint,
  readCheckpointHeader,
  writeCheckpoint,
} from '../../models/checkpoint.ts';
import { denoiserInferenceStep } from '../../models/denoiser-step.ts';
import { createSchedule, type NetworkConventions, sampleBlocks } from '../../models/diffusion.ts';
import { createWeightDenoiser, type WeightDenoiser } from '../../models/weight-denoiser.ts';
import { projectPaths } from '../../project/paths.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { wayTo } from '../remedies.ts';
import type { BaseModel } from '../weights/base-model.ts';
import type { StartCalibration } from './start-estimate.ts';
import { decodeBlocks, splitterFor, type WeightCodec, type WeightSpace } from './weight-codec.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

/** A weight generator ready to denoise. */
export interface WeightGenerator {
  readonly codec: WeightCodec;
  readonly denoiser: WeightDenoiser;
  /** The moving average of the training. */
  readonly denoiserValues: Float32Array;
  /** Of the zoo that it was trained on. */
  readonly prompts: readonly string[];
  /** Absent where it was trained on a folder of files, and from files of before there was one. */
  readonly calibration?: StartCalibration;
}

export function denoiserFor(
  { channels, heads, patch, embedding, maxTokens }: GeneratorConfig,
  { splitter, vocabulary }: Pick<WeightCodec, 'splitter' | 'vocabulary'>,
): WeightDenoiser {
  return createWeightDenoiser({
    blockSize: splitter.blockSize,
    blockCount: splitter.count,
    channels,
    heads,
    patch,
    embedding,
    vocabularySize: vocabulary.size,
    maxTokens,
  });
}

export function spaceOfBase({ hash, lora, architecture }: BaseModel): WeightSpace {
  return { hash, segments: lora.manifest, lora: architecture.lora as JsonObject };
}

export function spaceOfFiles(files: FileLayout): WeightSpace {
  const shapes = files.tensors.map(({ name, shape }) => [name, shape]);
  const hash = createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 12);
  return { hash, segments: files.tensors, files };
}

export function diffusionConventions(config: GeneratorConfig): NetworkConventions {
  return {
    schedule: createSchedule(config.schedule, config.timesteps),
    prediction: config.prediction,
    gateInput: config.gateInput,
  };
}

/** What a weight generator's files carry: network, codec, and what its weights belong to. */
export function generatorArchitecture(
  { hash, segments, lora }: WeightSpace,
  config: GeneratorConfig,
  denoiser: WeightDenoiser,
): CheckpointArchitecture {
  const { grouping, standardize, prediction, schedule, timesteps, gateInput, head, latent, blockIndex } =
    config;
  return {
    kind: 'weight-generator',
    base: hash,
    loraParameters: segments.reduce((sum, { size }) => sum + size, 0),
    ...(lora && { lora }),
    denoiser: { ...denoiser.options },
    // Blocks of weights are the default, and were all there was when the first files were written.
    coding: { grouping, standardize, head, ...(latent > 0 && { latent }) },
    diffusion: { prediction, schedule, timesteps, gateInput, ...(!blockIndex && { blockIndex }) },
  };
}

export async function saveWeightGenerator(
  path: string,
  space: WeightSpace,
  config: GeneratorConfig,
  generator: WeightGenerator,
  steps: number,
): Promise<void> {
  const { codec, denoiser, denoiserValues, prompts, calibration } = generator;
  const { head, latent, standardizer, vocabulary } = codec;
  const group = (values: Float32Array) => ({ values, stepCount: steps });
  await writeCheckpoint(path, {
    architecture: generatorArchitecture(space, config, denoiser),
    groups: {
      denoiser: group(denoiserValues),
      mean: group(standardizer.mean),
      std: group(standardizer.std),
      ...(head && {
        'ridge.coefficients': group(head.coefficients),
        'ridge.target-mean': group(head.targetMean),
        'ridge.feature-mean': group(head.featureMean),
      }),
      ...(latent && {
        'latent.mean': group(latent.mean),
        'latent.axes': group(latent.axes),
        'latent.deviations': group(latent.deviations),
      }),
    },
    extra: {
      vocabulary: { ...vocabulary.toJSON() },
      prompts: [...prompts],
      ...(space.files && {
        files: {
          tensors: space.files.tensors.map(({ name, shape }) => ({ name, shape: [...shape] })),
          metadata: { ...space.files.metadata },
        },
      }),
      ...(head && { ridge: { lambda: head.lambda, leaveOneOutError: head.leaveOneOutError } }),
      ...(calibration && {
        calibration: {
          lambda: calibration.lambda,
          points: calibration.points.map((point) => ({ ...point })),
        },
      }),
    },
  });
}

/**
 * The weight generator for this base.
 * @throws UserError where there is none yet, or it was trained for another base, on a folder of files, or with
 * other sizes
 */
export async function loadWeightGenerator(
  project: Project,
  training: LoadedTraining,
  base: BaseModel,
): Promise<WeightGenerator> {
  const path = existingGenerator(project, training);
  const stored = await readStored(path);
  if (stored.files) {
    throw new UserError(
      `${path}: it was trained on a folder of files (dnw train-generator --zoo) and knows no concepts. ` +
        `Denoise with --prompt and --output, or train one for the base: ${wayTo('trainWeightGenerator', training.name)}`,
    );
  }
  return readGenerator(path, training.config.weightGenerator, spaceOfBase(base), stored);
}

/**
 * The weight generator that was trained on a folder of files, and how to write a file like those.
 * @throws UserError where there is none yet, or it was trained for a base, or with other sizes
 */
export async function loadFileGenerator(
  project: Project,
  training: LoadedTraining,
): Promise<{ generator: WeightGenerator; files: FileLayout }> {
  const path = existingGenerator(project, training);
  const stored = await readStored(path);
  if (!stored.files) {
    throw new UserError(
      `${path}: it was trained on the zoo of a base, whose concepts have the prompts. Denoise with --concept, or ` +
        `train one on a folder of files: dnw train-generator --training ${training.name} --zoo <folder>`,
    );
  }
  const files = { tensors: fileTensors(stored.files.tensors), metadata: stored.files.metadata };
  const space = spaceOfFiles(files);
  return { generator: await readGenerator(path, training.config.weightGenerator, space, stored), files };
}

function existingGenerator(project: Project, training: LoadedTraining): string {
  const path = projectPaths(project.folder).weightGenerator(training.name);
  if (existsSync(path)) return path;
  throw new UserError(
    `${training.name}: no weight generator yet (${path}). Train it first: ${wayTo('trainWeightGenerator', training.name)}`,
  );
}

async function readGenerator(
  path: string,
  config: GeneratorConfig,
  space: WeightSpace,
  stored: StoredGenerator,
): Promise<WeightGenerator> {
  const vocabulary = new Vocabulary(stored.vocabulary);
  const splitter = splitterFor(space.segments, config);
  const denoiser = denoiserFor(config, { vocabulary, splitter });
  const { groups } = await readCheckpoint(path, generatorArchitecture(space, config, denoiser));
  const values = (name: string) => groups[name]!.values;
  return {
    denoiser,
    denoiserValues: values('denoiser'),
    prompts: stored.prompts,
    ...(stored.calibration && { calibration: stored.calibration }),
    codec: {
      vocabulary,
      splitter,
      standardizer: { mean: values('mean'), std: values('std') },
      ...(stored.ridge && {
        head: {
          ...stored.ridge,
          coefficients: values('ridge.coefficients'),
          targetMean: values('ridge.target-mean'),
          featureMean: values('ridge.feature-mean'),
        },
      }),
      ...(config.latent > 0 && {
        latent: {
          mean: values('latent.mean'),
          axes: values('latent.axes'),
          deviations: values('latent.deviations'),
        },
      }),
    },
  };
}

/** What stands in a file's metadata beside its sizes. */
const storedSchema = z.object({
  vocabulary: z.object({ words: z.array(z.string()), buckets: z.number().int().min(1) }),
  prompts: z.array(z.string()),
  ridge: z.object({ lambda: z.number(), leaveOneOutError: z.number() }).optional(),
  files: z
    .object({
      tensors: z.array(z.object({ name: z.string(), shape: z.array(z.number().int().min(0)) })),
      metadata: z.record(z.string(), z.string()),
    })
    .optional(),
  calibration: z
    .object({
      lambda: z.number().positive(),
      points: z.array(
        z.object({
          concept: z.string(),
          knownTo: z.enum(['base', 'zoo', 'neither']),
          distance: z.number().min(0),
          psnr: z.number(),
        }),
      ),
    })
    .optional(),
});
type StoredGenerator = z.output<typeof storedSchema>;

async function readStored(path: string): Promise<StoredGenerator> {
  const { extra } = await readCheckpointHeader(path);
  const parsed = storedSchema.safeParse(extra);
  if (parsed.success) return parsed.data;
  const key = parsed.error.issues[0]!.path[0];
  throw new UserError(
    `${path}: its ${key === undefined ? 'metadata' : String(key)} cannot be read. The file is damaged: train the weight generator anew.`,
  );
}

/** @throws UserError where there cannot be so many */
export function checkDenoisingSteps(steps: number, { timesteps }: GeneratorConfig): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= timesteps) return;
  throw new UserError(
    `${steps} denoising steps: with weightGenerator.timesteps ${timesteps}, use 1 to as many.`,
  );
}

export interface DenoisedWeights {
  /** Flat LoRA vector. */
  readonly vector: Float32Array;
  readonly prompt: EncodedPrompt;
}

/**
 * Whether every seed gives the same weights: one step from an input that the gate has closed, to the precision of
 * its numbers (see `NetworkConventions.gateInput`).
 */
export function drawsAreEqual(config: GeneratorConfig, steps: number): boolean {
  const { alphaBar, timesteps } = createSchedule(config.schedule, config.timesteps);
  return steps === 1 && config.gateInput && Math.sqrt(alphaBar[timesteps]!) < FLOAT32_PRECISION;
}

const FLOAT32_PRECISION = 2 ** -24;

interface Draw {
  /** 1 to the diffusion's timesteps. */
  readonly steps: number;
  /** Of the noise. */
  readonly seed: number;
  /** Told of the noise, and of what each step makes of it, decoded: the last is the result. Timesteps from 1 to 0. */
  readonly onState?: (timestep: number, vector: Float32Array) => void;
}

/** A weight generator compiled for drawing, as often as wanted. */
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

  /** Denoises the weights of a prompt: all blocks at once from noise, one step or several (DDIM), decoded. */
  async draw(prompt: string, { steps, seed, onState }: Draw): Promise<DenoisedWeights> {
    const { config, executor } = this;
    const { codec } = this.generator;
    const { splitter, vocabulary } = codec;
    const { count } = splitter;
    const encoded = vocabulary.encode(prompt, config.maxTokens);
    const none = nullPrompt(config.maxTokens);
    const blocks = await sampleBlocks({
      ...diffusionConventions(config),
      steps,
      guidance: config.sampling.guidance,
      mask: splitter.mask,
      random: new Random(seed).fork('denoise'),
      ...(onState && {
        onState: (timestep, noisy) => onState(timestep, decodeBlocks(codec, noisy, prompt)),
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
    return { vector: decodeBlocks(codec, blocks, prompt), prompt: encoded };
  }

  async dispose(): Promise<void> {
    await this.executor.dispose();
  }
}

/** One draw of a sampler that is made for it. */
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
