/** Trains one concept by every method, and measures along the way. */
import type { DeviceReport } from '../../compute/types.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { METHODS, type Method } from '../../protocol/comparison.ts';
import { firstOf, type HeldOutImages, setQualityOf } from '../metrics/held-out.ts';
import type { StageContext } from '../stage.ts';
import {
  createConceptTrainer,
  createScratchTrainer,
  discriminatorStart,
  trainedStart,
} from '../training/concept-training.ts';
import type { GeneratorTrainer } from '../training/generator-trainer.ts';
import { measuringPoints } from '../training/measuring-points.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { type Curve, type FromScratch, isFromScratch } from './comparison.ts';
import { MethodFiles, type MethodResult } from './method-result.ts';
import { pix2pixGenerator, scratchSettings } from './scratch-settings.ts';
import type { Start } from './starts.ts';

/** The concept that every method trains, and what all methods share. */
export interface Evaluation {
  readonly context: StageContext;
  readonly concept: LoadedConcept;
  readonly base: BaseModel;
  readonly pairs: PreparedPairs;
  readonly heldOut: HeldOutImages;
  /** Number of held-out images whose translations are kept. */
  readonly kept: number;
  readonly device: DeviceReport;
  readonly seed: number;
}

/** Results of the methods that have finished training; after a stop, some are missing. */
export interface MeasuredMethods {
  readonly results: readonly MethodResult[];
  readonly stopped: boolean;
}

/** One of the trainings: its method, its number of steps, and its position among the steps of all. */
interface Turn {
  readonly method: Method;
  readonly steps: number;
  readonly doneBefore: number;
  readonly total: number;
}

/** Trains from each start, with one compiled step, and then by each from-scratch method that the config names. */
export async function measureMethods(
  evaluation: Evaluation,
  starts: readonly Start[],
): Promise<MeasuredMethods> {
  const { config } = evaluation.context.training;
  const { steps: fineTuneSteps } = config.fineTune;
  const scratchSteps = config.evaluate.scratch.steps;
  const fromScratch = (Object.keys(METHODS) as Method[])
    .filter(isFromScratch)
    .filter((method) => config.evaluate.baselines.includes(method));
  const stepsOfStarts = starts.length * fineTuneSteps;
  const total = stepsOfStarts + fromScratch.length * scratchSteps;

  const results: MethodResult[] = [];
  const trainer = await createConceptTrainer(evaluation.base, config, config.fineTune, evaluation.device);
  try {
    for (const [index, { method, vector }] of starts.entries()) {
      const turn = { method, steps: fineTuneSteps, doneBefore: index * fineTuneSteps, total };
      const result = await measureMethod(evaluation, trainer, turn, () =>
        startFrom(evaluation, trainer, vector),
      );
      if (!result) return { results, stopped: true };
      results.push(result);
    }
  } finally {
    await trainer.dispose();
  }
  for (const [index, method] of fromScratch.entries()) {
    const doneBefore = stepsOfStarts + index * scratchSteps;
    const result = await measureFromScratch(evaluation, { method, steps: scratchSteps, doneBefore, total });
    if (!result) return { results, stopped: true };
    results.push(result);
  }
  return { results, stopped: false };
}

async function startFrom(
  { context, base, seed }: Evaluation,
  trainer: GeneratorTrainer,
  vector: Float32Array,
): Promise<void> {
  const { trainable, discriminator } = context.training.config.fineTune;
  await trainer.start(trainedStart(base, trainable, vector), discriminatorStart(base, discriminator, seed));
}

async function measureFromScratch(
  evaluation: Evaluation,
  turn: Turn & { readonly method: FromScratch },
): Promise<MethodResult | undefined> {
  const { context, base, heldOut, device, seed } = evaluation;
  const { config } = context.training;
  const trainer = await createScratchTrainer({
    config,
    generator: turn.method === 'pix2pix' ? pix2pixGenerator(config) : base.generator,
    discriminator: base.discriminator,
    settings: scratchSettings(config, turn.method),
    images: heldOut.count,
    seed,
    device,
  });
  try {
    return await measureMethod(evaluation, trainer, turn);
  } finally {
    await trainer.dispose();
  }
}

/**
 * Trains by one method and records its curve. The result is stored in the run folder, so that a resumed evaluation
 * does not train the method again.
 * @param begin puts the start in place; absent if the trainer has it already
 * @returns undefined if a stop was requested
 */
async function measureMethod(
  { context, concept, pairs, heldOut, kept, seed }: Evaluation,
  trainer: GeneratorTrainer,
  { method, steps, doneBefore, total }: Turn,
  begin?: () => Promise<void>,
): Promise<MethodResult | undefined> {
  const { run, resume, shouldStop, training } = context;
  const files = new MethodFiles(run.folder, method, heldOut.size);
  const finished = resume ? await files.readFinished() : undefined;
  if (finished) return finished;
  const partial = resume ? await files.readPartial() : undefined;
  let points: Curve['points'] = partial?.curve.points ?? [];
  await begin?.();
  const measured = measuringPoints(steps);
  const outcome = await trainer.train({
    run,
    shouldStop,
    // Without the measurements before it, a checkpoint would give a curve that begins in the middle.
    resume: partial !== undefined,
    pairs,
    seed,
    concept: concept.name,
    series: METHODS[method],
    message: `${METHODS[method]}: training ${concept.name}`,
    checkpointEvery: training.config.fineTune.checkpointEvery,
    checkpointFile: files.checkpoint,
    progress: (done) => ({ done: doneBefore + done, total }),
    measure: {
      at: (done) => measured.includes(done),
      run: async (done, seconds) => {
        // A resumed training repeats the steps after its checkpoint.
        points = points.filter((point) => point.steps < done);
        const quality = await files.keep(points.length === 0 ? ['start', 'end'] : ['end'], (put) =>
          setQualityOf(trainer.translate(heldOut), heldOut.size, (pairs) =>
            put(firstOf(pairs, kept, heldOut.size)),
          ),
        );
        points = [...points, { steps: done, seconds, ...quality }];
        await files.writePartial({ method, points });
        const { psnr, ssim, l1, patchFd } = quality;
        run.emit({
          type: 'metrics',
          step: done,
          seconds,
          concept: concept.name,
          series: METHODS[method],
          values: {
            'quality/psnr': psnr,
            'quality/ssim': ssim,
            'quality/l1': l1,
            'quality/patchFd': patchFd,
          },
        });
      },
    },
  });
  if (!outcome.finished) return undefined;
  return files.writeFinished({ method, points });
}
