import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { type FileLayout, fileTensors } from '../../data/file-zoo.ts';
import { wordTable } from '../../data/word-table.ts';
import {
  type CheckpointArchitecture,
  readCheckpoint,
  readCheckpointHeader,
  writeCheckpoint,
} from '../../models/checkpoint.ts';
import { createWeightDenoiser, type WeightDenoiser } from '../../models/weight-denoiser.ts';
import { hashContent } from '../../project/disk/file-hash.ts';
import { projectPaths } from '../../project/paths.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import { wayTo } from '../remedies.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { restoreEncoder, storedEncoder, storedEncoderSchema } from '../weights/prompt-encoders.ts';
import type { StartCalibration } from './start-estimate.ts';
import { splitterFor, type WeightCodec, type WeightSpace } from './weight-codec.ts';

type GeneratorConfig = TrainingConfig['weightGenerator'];

/** A weight generator that is ready to denoise. */
export interface WeightGenerator {
  readonly codec: WeightCodec;
  readonly denoiser: WeightDenoiser;
  /** The moving average of the trained values. */
  readonly denoiserValues: Float32Array;
  /** Prompts of the zoo that it was trained on. */
  readonly prompts: readonly string[];
  /** Absent if it was trained on a folder of files, and in files from before calibrations were stored. */
  readonly calibration?: StartCalibration;
}

export function denoiserFor(
  { channels, heads, patch, embedding, maxTokens }: GeneratorConfig,
  { splitter, encoder }: Pick<WeightCodec, 'splitter' | 'encoder'>,
): WeightDenoiser {
  return createWeightDenoiser({
    blockSize: splitter.blockSize,
    blockCount: splitter.count,
    channels,
    heads,
    patch,
    embedding,
    vocabularySize: encoder.tableRows,
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

/** Architecture stored in a weight generator's files: network, codec, and the weight space. */
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
    // The keys are part of the file format, whatever the code calls them; another key refuses every earlier file.
    // 0 is omitted: the first files, which only hold blocks of weights, do not have the key.
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
  const { head, latent, standardizer, encoder } = codec;
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
      encoder: storedEncoder(encoder),
      prompts: [...prompts],
      ...(space.files && {
        files: {
          tensors: space.files.tensors.map(({ name, shape }) => ({ name, shape: [...shape] })),
          metadata: { ...space.files.metadata },
          ...(space.files.folderHash && { folderHash: space.files.folderHash }),
          alphas: { ...space.files.alphas },
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
 * @throws UserError if there is none yet, or it was trained for another base, on a folder of files, or with
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
      'other-zoo',
      `${path}: it was trained on a folder of files (dnw train-generator --zoo), so it cannot denoise a concept. ` +
        `Denoise with --prompt and --output, or train one for the base: ${wayTo('trainWeightGenerator', training.name)}`,
    );
  }
  const { architecture } = await readCheckpointHeader(path);
  const trainedFor = safeParse(architectureSchema, architecture).data?.base;
  if (trainedFor !== undefined && trainedFor !== base.hash) {
    throw new UserError(
      'other-base',
      `${path} belongs to base ${trainedFor}, but the current base is ${base.hash}: it was trained again. ` +
        `Train the weight generator again: ${wayTo('trainWeightGenerator', training.name)}`,
    );
  }
  return readGenerator(path, training.config.weightGenerator, spaceOfBase(base), stored);
}

/**
 * The weight generator that was trained on a folder of files, how to write a file like those, and whether a folder, given
 * without links, is that folder.
 * @throws UserError if there is none yet, or it was trained for a base, or with other sizes
 */
export async function loadFileGenerator(
  project: Project,
  training: LoadedTraining,
): Promise<{ generator: WeightGenerator; files: FileLayout; isTrainedOn: (folder: string) => boolean }> {
  const path = existingGenerator(project, training);
  const stored = await readStored(path);
  if (!stored.files) {
    throw new UserError(
      'other-zoo',
      `${path}: it was trained on the zoo of a base, so it cannot denoise a file. Denoise with --concept, or ` +
        `train one on a folder of files: dnw train-generator --training ${training.name} --zoo <folder>`,
    );
  }
  const files = { ...stored.files, tensors: fileTensors(stored.files.tensors) };
  const space = spaceOfFiles(files);
  const { folderHash } = stored.files;
  return {
    generator: await readGenerator(path, training.config.weightGenerator, space, stored),
    files,
    isTrainedOn: (folder) => folderHash !== undefined && hashContent(folder) === folderHash,
  };
}

function existingGenerator(project: Project, training: LoadedTraining): string {
  const path = projectPaths(project.folder).weightGenerator(training.name);
  if (existsSync(path)) return path;
  throw new UserError(
    'stage-needed',
    `${training.name}: no weight generator yet (${path}). Train it first: ${wayTo('trainWeightGenerator', training.name)}`,
  );
}

async function readGenerator(
  path: string,
  config: GeneratorConfig,
  space: WeightSpace,
  stored: StoredGenerator,
): Promise<WeightGenerator> {
  const encoder = await restoreEncoder(path, stored.encoder ?? wordsOf(stored.vocabulary));
  const splitter = splitterFor(space.segments, config);
  const denoiser = denoiserFor(config, { encoder, splitter });
  const { groups } = await readCheckpoint(path, generatorArchitecture(space, config, denoiser));
  const values = (name: string) => groups[name]!.values;
  return {
    denoiser,
    denoiserValues: values('denoiser'),
    prompts: stored.prompts,
    ...(stored.calibration && { calibration: stored.calibration }),
    codec: {
      encoder,
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

/** Metadata of a file besides its sizes. */
const storedSchema = z.object({
  encoder: storedEncoderSchema.optional(),
  /** State of the word table, in files from before prompt encoders had names. */
  vocabulary: z.unknown().optional(),
  prompts: z.array(z.string()),
  ridge: z.object({ lambda: z.number(), leaveOneOutError: z.number() }).optional(),
  files: z
    .object({
      tensors: z.array(z.object({ name: z.string(), shape: z.array(z.number().int().min(0)) })),
      metadata: z.record(z.string(), z.string()),
      folderHash: z.string().optional(),
      /** Files from before the alphas of a zoo were brought to one scale lack it: there, alphas are generated. */
      alphas: z.record(z.string(), z.number()).default({}),
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

const architectureSchema = z.object({ base: z.string() });

const wordsOf = (vocabulary: unknown) => ({ name: wordTable.name, version: 1, state: vocabulary });

async function readStored(path: string): Promise<StoredGenerator> {
  const { extra } = await readCheckpointHeader(path);
  const parsed = safeParse(storedSchema, extra);
  if (parsed.success) return parsed.data;
  const key = parsed.error.issues[0]!.path[0];
  throw new UserError(
    'damaged-file',
    `${path}: its ${key === undefined ? 'metadata' : String(key)} cannot be read. The file is damaged: train the weight generator again.`,
  );
}
