import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { DeviceReport } from '../../compute/types.ts';
import type { PreparedPairs } from '../../data/prepared.ts';
import { toProjectPath } from '../../project/paths.ts';
import type { LoadedConcept } from '../../project/project.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { heldOutConcepts } from '../../project/selection.ts';
import {
  EARLIER_METHOD_NAMES,
  METHODS,
  type Method,
  type SavedComparison,
} from '../../protocol/comparison.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import {
  type Comparison,
  type ConceptStarts,
  type Curve,
  comparisonCsv,
  comparisonSvg,
  comparisonTable,
  comparisonVerdict,
  type FromScratch,
  isFromScratch,
  startsTable,
} from '../evaluation/comparison.ts';
import { measureMemorization } from '../evaluation/measure-memorization.ts';
import { memorizationVerdict } from '../evaluation/memorization.ts';
import { memorizationLines, memorizationSvg } from '../evaluation/memorization-report.ts';
import { qualityAtStart, type Start, startsOfConcept } from '../evaluation/starts.ts';
import { FeatureDistances } from '../metrics/feature-distances.ts';
import { type HeldOutImages, heldOutImages, setQualityOf } from '../metrics/held-out.ts';
import { writeSampleGrid } from '../metrics/sample-grid.ts';
import type { StageContext, StageFunction } from '../stage.ts';
import { preparedPairs, stageConcept, stageDevice, stageSeed } from '../stage-support.ts';
import { ConceptTrainer } from '../training/concept-training.ts';
import { pix2pixGenerator, type ScratchSettings, ScratchTraining } from '../training/scratch-training.ts';
import { type TrainingOutcome, trainingLoop } from '../training/training-loop.ts';
import { type BaseModel, loadBase } from '../weights/base-model.ts';

/** Pix2pix's own (Isola et al. 2017, section 3.3). */
const PIX2PIX_ADAM = { kind: 'adam', beta1: 0.5, beta2: 0.999 } as const;

interface Evaluation {
  readonly context: StageContext;
  readonly concept: LoadedConcept;
  readonly base: BaseModel;
  readonly pairs: PreparedPairs;
  readonly heldOut: HeldOutImages;
  readonly device: DeviceReport;
  readonly seed: number;
  /** Steps of all methods together, and those done by the ones before. */
  readonly totalSteps: number;
}

interface MethodResult {
  readonly curve: Curve;
  /** Translations at the first and the last measured step. */
  readonly start: Float32Array;
  readonly end: Float32Array;
}

/**
 * Measures every start of this and of all held-out concepts, then trains this one from each, with the same data,
 * settings and measuring points, and Pix2pix from scratch; reports quality on held-out images against training
 * seconds.
 */
export const evaluate: StageFunction = async (context) => {
  const { project, training, run } = context;
  const { config } = training;
  const concept = stageConcept(context);
  const base = await loadBase(project, training);
  const others = heldOutConcepts(project, training).filter(({ name }) => name !== concept.name);
  const prepared = await preparedPairs(context, [concept, ...others]);
  if (!prepared) return { status: 'stopped', result: {} };
  const [pairs, ...pairsOfOthers] = prepared as [PreparedPairs, ...PreparedPairs[]];
  const device = await stageDevice(context);
  const seed = stageSeed(context);
  if (context.resume) await renameEarlierFiles(run.folder);
  const startsOf = await startsOfConcept(context, base, device, seed);
  const starts = await startsOf(concept, pairs);
  const fromScratch = (Object.keys(METHODS) as Method[])
    .filter(isFromScratch)
    .filter((method) => config.evaluate.baselines.includes(method));
  const fineTuneSteps = context.options.steps ?? config.fineTune.steps;
  const evaluation: Evaluation = {
    context,
    concept,
    base,
    pairs,
    heldOut: heldOutImages(pairs.test, pairs.size, config.image.size, config.evaluate.images),
    device,
    seed,
    totalSteps: starts.length * fineTuneSteps + fromScratch.length * config.evaluate.scratch.steps,
  };
  const distances = await FeatureDistances.create(context, evaluation.heldOut, device, seed);
  const measureStarts = (of: LoadedConcept, from: readonly Start[], { test, size }: PreparedPairs) => {
    const images = heldOutImages(test, size, config.image.size, config.evaluate.images);
    return qualityAtStart(of, from, images, base, device);
  };
  const heldOutStarts: ConceptStarts[] = [await measureStarts(concept, starts, pairs)];
  for (const [index, other] of others.entries()) {
    const ofOther = pairsOfOthers[index]!;
    heldOutStarts.push(await measureStarts(other, await startsOf(other, ofOther), ofOther));
  }
  const results: MethodResult[] = [];
  const settings = { ...config.fineTune, steps: fineTuneSteps };
  const trainer = await ConceptTrainer.create(base, config, settings, device);
  try {
    for (const [index, { method, vector }] of starts.entries()) {
      const result = await measureOnce(evaluation, method, (measure) =>
        trainFromStart(evaluation, trainer, vector, method, index * fineTuneSteps, settings, measure),
      );
      if (!result) return { status: 'stopped', result: { methods: results.length } };
      results.push(result);
    }
  } finally {
    await trainer.dispose();
  }
  for (const [index, method] of fromScratch.entries()) {
    const doneBefore = starts.length * fineTuneSteps + index * config.evaluate.scratch.steps;
    const result = await trainFromScratch(evaluation, method, doneBefore);
    if (!result) return { status: 'stopped', result: { methods: results.length } };
    results.push(result);
  }
  if (distances) {
    const measured = await distances.measure(results.flatMap(({ start, end }) => [start, end]));
    if (!measured) return { status: 'stopped', result: { methods: results.length } };
    for (const [index, { curve }] of results.entries()) {
      curve.distances = { start: measured[2 * index]!, end: measured[2 * index + 1]! };
    }
  }
  const comparison: Comparison = {
    concept: concept.name,
    prompt: concept.prompt,
    images: evaluation.heldOut.count,
    size: config.image.size,
    seed,
    device: `${device.device}, ${device.threads} threads`,
    curves: results.map(({ curve }) => curve),
    starts: heldOutStarts,
  };
  const { vector } = starts.find(({ method }) => method === 'denoised')!;
  const memorization = await measureMemorization(context, {
    base,
    concept,
    vector,
    images: evaluation.heldOut,
    device,
    seed,
  });
  if (!memorization) return { status: 'stopped', result: { methods: results.length } };
  const memorizationFile = join(run.folder, 'memorization.svg');
  await writeFileAtomic(memorizationFile, memorizationSvg(memorization));
  const files = [...(await writeReport(evaluation, comparison, results)), memorizationFile];
  const lines = [
    '',
    'PSNR on held-out images before any training:',
    ...startsTable(comparison),
    '',
    `Training ${concept.name} from each start:`,
    ...comparisonTable(comparison),
    '',
    ...comparisonVerdict(comparison),
    '',
    'The denoised weights beside the zoo:',
    ...memorizationLines(memorization),
  ];
  for (const line of lines) {
    run.emit({ type: 'log', level: 'info', message: line });
  }
  for (const file of files) {
    run.emit({
      type: 'artifact',
      kind: 'report',
      file: toProjectPath(project.folder, file),
      concept: concept.name,
    });
  }
  return {
    status: 'succeeded',
    result: {
      comparison: JSON.parse(JSON.stringify(comparison satisfies SavedComparison)),
      memorization: JSON.parse(JSON.stringify({ ...memorization, ...memorizationVerdict(memorization) })),
    },
    // The table is in the run's log, where the editor finds it too.
    summary: [],
  };
};

type Measure = NonNullable<Parameters<typeof trainingLoop>[0]['measure']>['run'];
/** Translates the held-out images as the generator is now. */
type Translate = () => Promise<Float32Array>;

/** Gives the files of a run that an earlier version left unfinished the present names of their methods. */
async function renameEarlierFiles(folder: string): Promise<void> {
  for (const [earlier, method] of EARLIER_METHOD_NAMES) {
    for (const ending of ['json', 'partial.json', RUN_FILES.checkpoint]) {
      const file = join(folder, `${earlier}.${ending}`);
      if (existsSync(file)) await rename(file, join(folder, `${method}.${ending}`));
    }
  }
}

/**
 * Runs one method, collecting its curve; the finished method is kept in the run folder, so that a resumed
 * evaluation does not train it again.
 */
async function measureOnce(
  { context, concept, heldOut }: Evaluation,
  method: Method,
  train: (measureWith: (translate: Translate) => Measure) => Promise<TrainingOutcome>,
): Promise<MethodResult | undefined> {
  const { run, resume } = context;
  const path = join(run.folder, `${method}.json`);
  if (resume && existsSync(path)) return decodeResult(method, await readFile(path, 'utf8'));
  let points: Curve['points'] = [];
  const partial = join(run.folder, `${method}.partial.json`);
  let start: Float32Array | undefined;
  let end: Float32Array | undefined;
  if (resume && existsSync(partial)) {
    const saved = decodeResult(method, await readFile(partial, 'utf8'));
    points = saved.curve.points;
    start = saved.start;
  }
  const outcome = await train((translate) => async (steps, seconds) => {
    const images = await translate();
    const quality = setQualityOf(images, heldOut);
    // A resumed training repeats the steps after its checkpoint.
    points = [...points.filter((point) => point.steps < steps), { steps, seconds, ...quality }];
    start ??= images;
    end = images;
    await writeFileAtomic(partial, encodeResult({ curve: { method, points }, start, end }));
    const { psnr, ssim, l1, patchFd } = quality;
    run.emit({
      type: 'metrics',
      step: steps,
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
  });
  if (!outcome.finished || !start || !end) return undefined;
  const result = { curve: { method, points }, start, end };
  await writeFileAtomic(path, encodeResult(result));
  await rm(partial, { force: true });
  return result;
}

/** Measured at the start, ever more sparsely, and at the end. */
function measuringPoints(steps: number): Set<number> {
  const points = new Set([0, steps]);
  for (const mark of [5, 10, 25, 50, 100, 150, 200, 300, 400, 600, 800]) if (mark < steps) points.add(mark);
  for (let mark = 1000; mark < steps; mark *= 1.5) points.add(Math.round(mark / 100) * 100);
  return points;
}

async function trainFromStart(
  { context, concept, base, pairs, heldOut, seed, totalSteps }: Evaluation,
  trainer: ConceptTrainer,
  vector: Float32Array,
  method: Method,
  doneBefore: number,
  settings: { steps: number; discriminator: 'base' | 'fresh'; checkpointEvery: number },
  measureWith: (translate: Translate) => Measure,
): Promise<TrainingOutcome> {
  const { run, shouldStop, resume } = context;
  await trainer.start(
    vector,
    settings.discriminator === 'base' ? base.discriminatorValues : base.discriminator.initial(seed),
  );
  const points = measuringPoints(settings.steps);
  return trainer.train({
    run,
    shouldStop,
    resume,
    pairs,
    seed,
    concept: concept.name,
    series: METHODS[method],
    message: `${METHODS[method]}: training ${concept.name}`,
    checkpointEvery: settings.checkpointEvery,
    checkpointFile: `${method}.${RUN_FILES.checkpoint}`,
    progress: (done) => ({ done: doneBefore + done, total: totalSteps }),
    measure: {
      at: (done) => points.has(done),
      run: measureWith(async () => (await trainer.measure(heldOut)).images),
    },
  });
}

/**
 * Pix2pix is trained as published. The config's own generator is given the same number of images, and what the
 * fine-tuning has: its optimizer and schedule, the warm-up as the same share of the steps, so that the start is what
 * differs. Settings of LoRA layers say nothing of whole generators: with these it is trained as Pix2pix is.
 */
function scratchSettings(config: TrainingConfig, method: FromScratch): ScratchSettings {
  const { scratch } = config.evaluate;
  const { steps, batchSize, learningRate } = scratch;
  const common = { steps, batchSize, discriminatorEvery: config.discriminator.every };
  const { fineTune } = config;
  if (method === 'pix2pix' || fineTune.trainable === 'lora') {
    return {
      ...common,
      schedule: 'linear',
      warmup: 0,
      learningRate,
      discriminatorLearningRate: learningRate,
      optimizers: { generator: PIX2PIX_ADAM, discriminator: PIX2PIX_ADAM },
    };
  }
  const { optimizer, beta1, beta2, schedule, discriminatorLearningRate } = fineTune;
  return {
    ...common,
    schedule,
    warmup: Math.round((fineTune.warmup / Math.max(1, fineTune.steps)) * steps),
    learningRate: fineTune.learningRate,
    discriminatorLearningRate,
    optimizers: {
      generator: { kind: optimizer, beta1, beta2 },
      discriminator: { kind: 'adam', beta1, beta2 },
    },
  };
}

async function trainFromScratch(
  evaluation: Evaluation,
  method: FromScratch,
  doneBefore: number,
): Promise<MethodResult | undefined> {
  const { context, concept, base, pairs, heldOut, device, seed, totalSteps } = evaluation;
  const { config } = context.training;
  const { scratch } = config.evaluate;
  const generator = method === 'pix2pix' ? pix2pixGenerator(config) : base.generator;
  const { discriminator } = base;
  const training = await ScratchTraining.create({
    config,
    generator,
    discriminator,
    pairs,
    heldOut,
    settings: scratchSettings(config, method),
    seed,
    device,
  });
  try {
    const points = measuringPoints(scratch.steps);
    return await measureOnce(evaluation, method, (measureWith) =>
      trainingLoop({
        run: context.run,
        shouldStop: context.shouldStop,
        resume: context.resume,
        executor: training.executor,
        groups: training.groups,
        architecture: {
          kind: 'scratch',
          generator: { ...generator.options },
          discriminator: { ...discriminator.options },
        },
        steps: scratch.steps,
        checkpointEvery: config.fineTune.checkpointEvery,
        checkpointFile: `${method}.${RUN_FILES.checkpoint}`,
        message: `${METHODS[method]}: training ${concept.name}`,
        concept: concept.name,
        series: METHODS[method],
        progress: (done) => ({ done: doneBefore + done, total: totalSteps }),
        step: (index) => training.step(index),
        measure: {
          at: (done) => points.has(done),
          run: measureWith(() => training.translate()),
        },
      }),
    );
  } finally {
    await training.dispose();
  }
}

/** Table, plot and pictures in the run folder. */
async function writeReport(
  { context, heldOut }: Evaluation,
  comparison: Comparison,
  results: readonly MethodResult[],
): Promise<string[]> {
  const { folder } = context.run;
  const csv = join(folder, 'comparison.csv');
  const svg = join(folder, 'comparison.svg');
  const starts = join(folder, RUN_FILES.samples, 'starts.png');
  const ends = join(folder, RUN_FILES.samples, 'ends.png');
  await writeFileAtomic(csv, comparisonCsv(comparison));
  await writeFileAtomic(svg, comparisonSvg(comparison));
  await writeSampleGrid(starts, heldOut, ...results.map(({ start }) => start));
  await writeSampleGrid(ends, heldOut, ...results.map(({ end }) => end));
  const columns = ['source', ...results.map(({ curve }) => METHODS[curve.method]), 'target'].join(' | ');
  const sample = (file: string, step: number, label: string) =>
    context.run.emit({
      type: 'sample',
      step,
      file: `${RUN_FILES.samples}/${file}`,
      label,
      concept: comparison.concept,
    });
  sample('starts.png', 0, `before training: ${columns}`);
  sample('ends.png', 1, `after training: ${columns}`);
  return [csv, svg, starts, ends];
}

function encodeResult({ curve, start, end }: MethodResult): string {
  const text = (images: Float32Array) =>
    Buffer.from(images.buffer, images.byteOffset, images.byteLength).toString('base64');
  return JSON.stringify({ curve, start: text(start), end: text(end) });
}

function decodeResult(method: Method, json: string): MethodResult {
  const { curve, start, end } = JSON.parse(json) as { curve: Curve; start: string; end: string };
  const images = (text: string) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
    return new Float32Array(bytes.buffer);
  };
  return { curve: { ...curve, method }, start: images(start), end: images(end) };
}
