import { setImmediate } from 'node:timers/promises';
import { createExecutor } from '../../compute/executor.ts';
import type { DeviceReport } from '../../compute/types.ts';
import { readFileZoo } from '../../data/file-zoo.ts';
import { Random } from '../../data/random.ts';
import { type Between, unlessStopped } from '../../data/unless-stopped.ts';
import { outlierWarnings } from '../../data/weight-outliers.ts';
import type { ZooMember } from '../../data/zoo.ts';
import { denoiserTrainingStep } from '../../models/denoiser-step.ts';
import { type DiffusionData, diffusionBatch } from '../../models/diffusion.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import type { StageContext, StageFunction } from '../stage.ts';
import { stageDevice, stageSeed } from '../stage-support.ts';
import { learningRateFactor } from '../training/learning-rate.ts';
import { vectorsDigest } from '../training/training-data.ts';
import { trainingLoop } from '../training/training-loop.ts';
import { calibrateStarts } from '../weight-generator/calibrate-starts.ts';
import {
  denoiserFor,
  generatorArchitecture,
  saveWeightGenerator,
  spaceOfBase,
  spaceOfFiles,
} from '../weight-generator/generator-file.ts';
import type { StartCalibration } from '../weight-generator/start-estimate.ts';
import {
  diffusionData,
  type FittedCodec,
  fitCodec,
  type PromptedVectors,
  ridgeOfZoo,
  type WeightSpace,
} from '../weight-generator/weight-codec.ts';
import { diffusionConventions } from '../weight-generator/weight-sampler.ts';
import { type BaseModel, loadBase } from '../weights/base-model.ts';
import { equalPromptWarnings } from '../weights/equal-prompts.ts';
import { promptEncoderFor } from '../weights/prompt-encoders.ts';
import { readZoo } from '../weights/zoo-vectors.ts';
import { warnOfZoo } from '../weights/zoo-warnings.ts';

const BETAS = { beta1: 0.9, beta2: 0.99 };

/** Trains the diffusion model on the weight blocks of a zoo: the zoo of the base, or a folder of files (`--zoo`). */
export const trainGenerator: StageFunction<'train-generator'> = async (context) => {
  const { project, training, run } = context;
  const config = training.config.weightGenerator;
  const zoo = await unlessStopped(context.shouldStop, (signal) => fittedZoo(context, signal));
  if (zoo === undefined) return { status: 'stopped', result: { steps: 0 } };
  const { space, members, ofBase, codec, data } = zoo;
  const seed = stageSeed(context);
  const denoiser = denoiserFor(config, codec);
  const { count, blockSize } = codec.splitter;
  run.emit({
    type: 'log',
    level: 'info',
    message:
      `${members.length} zoo members of ${codec.standardizer.mean.length} weights: ` +
      (codec.explained === undefined
        ? `${count} blocks of ${blockSize} (${config.grouping})`
        : `${config.latent} principal components, which hold ${(100 * codec.explained).toFixed(0)} % of their variance, as one block of ${blockSize}`) +
      `; denoiser of ${denoiser.layout.size} parameters` +
      (codec.head
        ? `; ridge head leaves ${(100 * codec.head.leaveOneOutError).toFixed(0)} % of the variance unexplained when a concept is left out`
        : ''),
  });
  const device = await stageDevice(context);
  const calibration =
    ofBase &&
    (await unlessStopped(context.shouldStop, (signal) => calibrated(context, signal, ofBase, codec, device)));
  if (ofBase && !calibration) return { status: 'stopped', result: { steps: 0 } };
  const start = denoiser.initial(seed);
  const average = start.slice();
  const executor = await createExecutor(denoiserTrainingStep({ denoiser, batchSize: config.batchSize }), {
    device,
    values: { denoiser: start },
    optimizers: { denoiser: { kind: 'adam', ...BETAS, weightDecay: config.weightDecay } },
  });
  try {
    const options = { ...config, ...diffusionConventions(config) };
    const batches = new Random(seed).fork('diffusion');
    const outcome = await trainingLoop({
      run,
      shouldStop: context.shouldStop,
      resume: context.resume,
      executor,
      groups: ['denoiser'],
      architecture: generatorArchitecture(space, config, denoiser),
      data: { 'the zoo': vectorsDigest(members) },
      steps: config.steps,
      checkpointEvery: config.checkpointEvery,
      message: `training weight generator ${training.name}`,
      step: (index) => ({
        inputs: diffusionBatch(data, options, batches.fork(`step ${index}`)),
        learningRates: { denoiser: config.learningRate * learningRateFactor(COSINE, index, config.steps) },
      }),
      afterStep: async (stepsDone) => {
        const decay = averageDecay(config.ema, stepsDone);
        const values = await executor.values('denoiser');
        for (let i = 0; i < average.length; i++) average[i]! += (1 - decay) * (values[i]! - average[i]!);
      },
      extraGroups: {
        save: () => ({ average }),
        load: (groups) => average.set(groups.average!),
      },
    });
    if (!outcome.finished) return { status: 'stopped', result: { steps: outcome.stepsDone } };
    const path = projectPaths(project.folder).weightGenerator(training.name);
    await saveWeightGenerator(
      path,
      space,
      config,
      {
        codec,
        denoiser,
        denoiserValues: average,
        prompts: members.map(({ prompt }) => prompt),
        ...(calibration && { calibration }),
      },
      config.steps,
    );
    const file = toProjectPath(project.folder, path);
    run.emit({ type: 'artifact', kind: 'weight-generator', file });
    return {
      status: 'succeeded',
      result: {
        file,
        members: members.length,
        blocks: count,
        blockSize,
        parameters: denoiser.layout.size,
        steps: config.steps,
        seconds: outcome.seconds,
        ...(calibration && { calibratedConcepts: calibration.points.length }),
        ...(codec.head && { ridgeLeaveOneOutError: codec.head.leaveOneOutError }),
      },
    };
  } finally {
    await executor.dispose();
  }
};

/** The vectors of a member, with the name of its concept or file. */
interface NamedVectors extends PromptedVectors {
  readonly name: string;
}

interface ChosenZoo {
  readonly space: WeightSpace;
  readonly members: readonly NamedVectors[];
  /** Set for the zoo of a base; absent for a folder of files, whose weights cannot be measured on images. */
  readonly ofBase?: { readonly base: BaseModel; readonly members: readonly ZooMember[] };
}

/** The zoo to train on, with its codec, and in blocks. All of it takes long for thousands of members. */
async function fittedZoo(
  context: StageContext<'train-generator'>,
  signal: AbortSignal,
): Promise<ChosenZoo & { readonly codec: FittedCodec; readonly data: DiffusionData }> {
  const { training, run } = context;
  const zoo = await chosenZoo(context, signal);
  for (const message of equalPromptWarnings(zoo.members))
    run.emit({ type: 'log', level: 'warning', message });
  const codec = await fitCodec(
    zoo.space.segments,
    training.config.weightGenerator,
    zoo.members,
    promptEncoderFor(training.config),
    fittingRidge(context, signal),
  );
  const data = await diffusionData(
    codec,
    training.config.weightGenerator,
    zoo.members,
    telling(context, signal, 'cutting the zoo into blocks', 'concepts'),
  );
  return { ...zoo, codec, data };
}

/** Least time between two looks at whether a part of the stage should end, in milliseconds. */
const LOOK_EVERY = 100;

/** Reports the progress of a part of the stage, and ends it once the signal is aborted. May be called very often. */
function telling(
  { run }: StageContext,
  signal: AbortSignal,
  message: string,
  unit: 'concepts' | 'steps',
): Between {
  let looked = 0;
  return async (done, total) => {
    const now = performance.now();
    if (now - looked < LOOK_EVERY && done < total) return;
    looked = now;
    run.emit({ type: 'progress', message, unit, done, total });
    // Requests to stop arrive between two turns of the event loop.
    await setImmediate();
    signal.throwIfAborted();
  };
}

function fittingRidge(context: StageContext, signal: AbortSignal): Between {
  return telling(context, signal, 'fitting the ridge regression from prompts', 'steps');
}

/** The zoo to train on, and the weight space of its vectors. Reports what is odd about its files. */
async function chosenZoo(context: StageContext<'train-generator'>, signal: AbortSignal): Promise<ChosenZoo> {
  const { project, training, options, run } = context;
  const read = telling(context, signal, 'reading the zoo', 'concepts');
  if (options.zoo !== undefined) {
    const { layout, members, notes } = await readFileZoo(options.zoo, read);
    for (const note of notes) run.emit({ type: 'log', ...note });
    return { space: spaceOfFiles(layout), members };
  }
  const base = await loadBase(project, training);
  const members = await readZoo(project, training, base, read);
  await warnOfZoo(context, base.hash);
  const paths = projectPaths(project.folder);
  const files = members.map(({ concept, checkpoints }) => ({
    path: paths.zooMember(base.hash, concept),
    vectors: checkpoints,
  }));
  for (const message of outlierWarnings(base.lora.layout.entries, files)) {
    run.emit({ type: 'log', level: 'warning', message });
  }
  const named = members.map((member) => ({ ...member, name: member.concept }));
  return { space: spaceOfBase(base), members: named, ofBase: { base, members } };
}

async function calibrated(
  context: StageContext,
  signal: AbortSignal,
  { base, members }: NonNullable<ChosenZoo['ofBase']>,
  { head, encoder }: FittedCodec,
  device: DeviceReport,
): Promise<StartCalibration | undefined> {
  const ridge = head ?? (await ridgeOfZoo(encoder, members, fittingRidge(context, signal)));
  const between = telling(context, signal, 'predicting members of the zoo from the others', 'steps');
  return calibrateStarts(context, base, members, encoder, { ridge, device, between });
}

const COSINE = { schedule: 'cosine', warmup: 0 } as const;

/** Decay of the moving average; smaller in the first steps, so that the initial values soon lose their influence. */
function averageDecay(decay: number, stepsDone: number): number {
  return Math.min(decay, (1 + stepsDone) / (10 + stepsDone));
}
