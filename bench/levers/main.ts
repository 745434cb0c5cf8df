/**
 * What the discriminator's share of a fine-tuning step costs and what it gains: npm run bench -- levers [full | quick]
 * Uses the project of the method benchmark (run `npm run bench -- method` first, or with `--quick`). Fine-tunes its
 * validation concepts with Pix2pix's discriminator, then with one change at a time.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { createConceptTrainer, trainedStart } from '../../src/pipeline/training/concept-training.ts';
import { type BaseModel, loadBase } from '../../src/pipeline/weights/base-model.ts';
import type { LoadedTraining } from '../../src/project/load.ts';
import {
  type BenchContext,
  conceptOf,
  device,
  heldOut,
  openContext,
  pairsOf,
  quietRun,
  trainingOf,
} from '../method/context.ts';
import { type CurvePoint, firstAtLeast } from '../method/curve.ts';
import { pointOf } from '../method/point.ts';
import { trainingName } from '../method/project.ts';
import { ConceptStarts } from '../method/starts.ts';
import { mean } from '../method/statistics.ts';

const SEED = 1;
const STEPS = 100;
const MEASURED = Array.from({ length: 21 }, (_, i) => 5 * i);
/** Difference in dB below Pix2pix's final quality that still counts as equal. */
const TOLERANCE = 0.2;

interface Lever {
  readonly title: string;
  /** Pix2pix's 70 x 70 PatchGAN, or the thin one that the base was trained with. */
  readonly discriminator: 'pix2pix' | 'base';
  readonly every: number;
  /** Whether it starts from the state in which the base's training left it. */
  readonly saved: boolean;
}

const LEVERS: readonly Lever[] = [
  {
    title: 'as Pix2pix: 64 channels, 3 layers, every step, fresh',
    discriminator: 'pix2pix',
    every: 1,
    saved: false,
  },
  { title: 'thin, every step, fresh', discriminator: 'base', every: 1, saved: false },
  { title: 'thin, every 4th step, fresh', discriminator: 'base', every: 4, saved: false },
  { title: 'thin, every 4th step, saved (preset fast)', discriminator: 'base', every: 4, saved: true },
  { title: 'thin, every 8th step, saved', discriminator: 'base', every: 8, saved: true },
];

interface Result {
  readonly points: readonly CurvePoint[];
  readonly milliseconds: number;
}

function baseWith(base: BaseModel, lever: Lever): BaseModel {
  const discriminator =
    lever.discriminator === 'base' ? base.discriminator : createDiscriminator({ channels: 64, layers: 3 });
  const discriminatorValues = lever.saved ? base.discriminatorValues : discriminator.initial(SEED);
  return { ...base, discriminator, discriminatorValues };
}

async function fineTune(
  context: BenchContext,
  training: LoadedTraining,
  base: BaseModel,
  name: string,
  lever: Lever,
): Promise<Result> {
  const concept = conceptOf(context, name);
  const pairs = await pairsOf(context, training, concept);
  const images = await heldOut(pairs, training.config);
  const start = await (await ConceptStarts.open(context, SEED, concept, base)).vector('denoised');
  const config = {
    ...training.config,
    discriminator: { ...training.config.discriminator, every: lever.every },
  };
  const changed = baseWith(base, lever);
  const settings = { ...config.fineTune, steps: STEPS };
  const trainer = await createConceptTrainer(changed, config, settings, await device(context));
  try {
    const points: CurvePoint[] = [];
    await trainer.start(trainedStart(changed, settings.trainable, start), changed.discriminatorValues);
    const { seconds } = await trainer.train({
      run: await quietRun(context, 'levers'),
      shouldStop: () => false,
      resume: false,
      pairs,
      seed: SEED,
      concept: name,
      message: lever.title,
      checkpointEvery: STEPS,
      measure: {
        at: (done) => MEASURED.includes(done),
        run: async (done) => {
          points.push(await pointOf(done, trainer.translate(images), images.size));
        },
      },
    });
    return { points, milliseconds: (1000 * seconds) / STEPS };
  } finally {
    await trainer.dispose();
  }
}

const form = process.argv[2] ?? 'full';
const work = join('.cache/bench/method/work', form);
const project = join(work, 'project');
if (!existsSync(join(project, 'weight-generators', `${trainingName(SEED)}.safetensors`))) {
  console.error(
    `${project} has not been trained: run \`npm run bench -- method${form === 'quick' ? ' --quick' : ''}\` first`,
  );
  process.exit(2);
}
const runs = mkdtempSync(join(tmpdir(), 'levers-'));
try {
  const context = await openContext(project, runs, availableParallelism());
  const training = trainingOf(context, trainingName(SEED));
  const base = await loadBase(context.project, training);
  const validation = context.project.concepts.filter(({ tags }) => tags.includes('validation'));
  const results: Result[][] = LEVERS.map(() => []);
  for (const { name } of validation) {
    for (const [index, lever] of LEVERS.entries()) {
      results[index]!.push(await fineTune(context, training, base, name, lever));
    }
  }
  const goals = results[0]!.map(({ points }) => points.at(-1)!.psnr - TOLERANCE);
  const reached = results.map((lever) =>
    lever.map(({ points, milliseconds }, i) => {
      const point = firstAtLeast(points, goals[i]!);
      return point && (Math.max(1, point.steps) * milliseconds) / 1000;
    }),
  );
  console.log(
    `${validation.length} validation concepts, ${STEPS} steps from denoised weights, ${context.threads} threads; ` +
      `time to within ${TOLERANCE} dB of the first row's final quality\n`,
  );
  console.log(
    '| discriminator | ms per step | PSNR at the end, mean | reach it | seconds, mean | less time |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  const seconds = (index: number) => mean(reached[index]!.flatMap((value) => value ?? []));
  for (const [index, { title }] of LEVERS.entries()) {
    const own = results[index]!;
    const count = reached[index]!.filter((value) => value !== undefined).length;
    const all = count === validation.length;
    console.log(
      `| ${title} | ${mean(own.map((result) => result.milliseconds)).toFixed(1)} | ` +
        `${mean(own.map(({ points }) => points.at(-1)!.psnr)).toFixed(2)} dB | ${count} of ${validation.length} | ` +
        `${all ? seconds(index).toFixed(2) : '-'} | ${all ? `${(seconds(0) / seconds(index)).toFixed(2)}x` : '-'} |`,
    );
  }
} finally {
  rmSync(runs, { recursive: true, force: true });
}
