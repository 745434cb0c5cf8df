import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import * as z from 'zod';
import type { LoadedConcept } from '../../project/project.ts';
import { zooConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { textTable } from '../evaluation/text-table.ts';
import { heldOutImages } from '../metrics/held-out.ts';
import { meanQuality } from '../metrics/image-metrics.ts';
import { readRunState, storedQuality, writeRunState } from '../run-state.ts';
import type { StageContext, StageFunction } from '../stage.ts';
import { preparedPairs, stageConcept, stageDevice, stageSeed } from '../stage-support.ts';
import { createConceptTrainer } from '../training/concept-training.ts';
import { type SectionRanks, searchSectionRanks } from '../training/rank-search.ts';
import { adapterOptions, type BaseModel, loadBase, withLora } from '../weights/base-model.ts';

/** File in the run folder that holds the tries that this run has measured. */
const MEASURED = 'tries.json';

const measuredSchema = z.array(
  z.object({
    ranks: z.record(z.string(), z.number().int()),
    /** Number of trained LoRA values. */
    values: z.number().int(),
    /** Mean PSNR on held-out images after the training, in decibels. */
    psnr: storedQuality,
    /** Seconds spent in training steps. */
    seconds: z.number(),
  }),
);
type MeasuredRanks = z.output<typeof measuredSchema>[number];

/**
 * Searches LoRA ranks by section (`searchSectionRanks`) on one concept of the zoo. Every try trains LoRA weights
 * on the base as `collect` does, all with the same seed and data, and measures them on the concept's held-out images.
 * A resumed run continues within the try that was being trained. The training config is not changed: the ranks are
 * printed, ready to be pasted.
 */
export const searchRanks: StageFunction<'search-ranks'> = async (context) => {
  const { project, training, run, options, shouldStop, resume } = context;
  const { config } = training;
  if (config.lora.train !== 'both') {
    throw new UserError(
      'conflicting-settings',
      `${training.path}: lora.train is ${config.lora.train}, so the down factors belong to the base and their ranks ` +
        'cannot change after its training. Searching ranks needs lora.train: both and a base trained with it.',
    );
  }
  const base = await loadBase(project, training);
  const concept = validationConcept(context, base);
  const prepared = await preparedPairs(context, [concept]);
  if (!prepared) return { status: 'stopped', result: {} };
  const [pairs] = prepared as [(typeof prepared)[number]];
  const heldOut = heldOutImages(pairs.test, pairs.size, config.image.size, config.evaluate.images);
  const device = await stageDevice(context);
  const seed = stageSeed(context);
  const { search } = config.lora;
  const settings = {
    ...config.collect,
    steps: options.steps ?? search.steps,
    trainable: 'lora',
  } as const;
  const sections = [...new Set(base.generator.adaptable.map(({ section }) => section))];
  const measured = resume ? await readMeasured(run.folder) : [];
  let total = 0;

  /** @returns undefined if a stop was requested */
  const measure = async (ranks: SectionRanks, mostLeft: number): Promise<number | undefined> => {
    total ||= mostLeft * settings.steps;
    const known = measured.find((earlier) => isDeepStrictEqual(earlier.ranks, ranks));
    if (known) return known.psnr;
    const adapted = withLora(base, { ...adapterOptions(config.lora), ranks }, seed);
    const series = sections.map((section) => `${section} ${ranks[section]}`).join(', ');
    const checkpointFile = `try-${measured.length + 1}.${RUN_FILES.checkpoint}`;
    const before = total - mostLeft * settings.steps;
    const trainer = await createConceptTrainer(adapted, config, settings, device);
    try {
      await trainer.start(adapted.loraStart, adapted.discriminatorValues);
      const { finished, seconds } = await trainer.train({
        run,
        shouldStop,
        resume,
        pairs,
        seed,
        concept: concept.name,
        series,
        message: `searching ranks on ${concept.name}: ${series}`,
        checkpointEvery: settings.checkpointEvery,
        checkpointFile,
        metricsEvery: Math.max(1, Math.floor(settings.steps / 20)),
        progress: (done) => ({ done: before + done, total }),
      });
      if (!finished) return undefined;
      const { psnr, ssim, l1 } = meanQuality(await trainer.measure(heldOut));
      run.emit({
        type: 'metrics',
        step: settings.steps,
        seconds,
        concept: concept.name,
        series,
        values: { 'quality/psnr': psnr, 'quality/ssim': ssim, 'quality/l1': l1 },
      });
      measured.push({ ranks, values: adapted.lora.layout.size, psnr, seconds });
      await writeRunState(join(run.folder, MEASURED), measured);
      await rm(join(run.folder, checkpointFile), { force: true });
      return psnr;
    } finally {
      await trainer.dispose();
    }
  };

  const { maximum, tolerance } = search;
  const tries = await searchSectionRanks({ sections, maximum, tolerance, score: measure });
  if (!tries) return { status: 'stopped', result: { tries: measured.length } };
  const best = tries.findLast(({ kept }) => kept)!;
  const table = textTable(
    ['try', ...sections, 'LoRA values', 'PSNR', ''],
    tries.map(({ ranks, score, kept }, i) => [
      String(i + 1),
      ...sections.map((section) => String(ranks[section])),
      String(measured[i]!.values),
      `${score.toFixed(2)} dB`,
      kept ? 'kept' : '',
    ]),
  );
  for (const line of table) run.emit({ type: 'log', level: 'info', message: line });
  return {
    status: 'succeeded',
    result: {
      concept: concept.name,
      base: base.hash,
      steps: settings.steps,
      images: heldOut.count,
      ranks: { ...best.ranks },
      psnr: best.score,
      tries: tries.map(({ ranks, score, kept }, i) => {
        const { values, seconds } = measured[i]!;
        return { ranks: { ...ranks }, values, psnr: score, seconds, kept };
      }),
    },
    summary: [
      `# Paste into ${training.path}; keep the base, and collect the zoo again with these ranks.`,
      ...stringify({ lora: { ranks: best.ranks } })
        .trimEnd()
        .split('\n'),
    ],
  };
};

/** The named concept of the zoo; otherwise the first that the base was not trained on, or else the first of all. */
function validationConcept(context: StageContext<'search-ranks'>, base: BaseModel): LoadedConcept {
  const { project, training, options } = context;
  const zoo = zooConcepts(project, training);
  if (options.concept === undefined) {
    const [first] = zoo;
    if (first) return zoo.find(({ name }) => !base.concepts.includes(name)) ?? first;
    throw new UserError(
      'no-concept-selected',
      `${training.path}: collect.concepts selects no concept to search ranks on. Add concepts to the project, or hold out fewer.`,
    );
  }
  const concept = stageConcept(context);
  if (zoo.includes(concept)) return concept;
  throw new UserError(
    'held-out-concept',
    `${concept.name} is held out of the zoo by ${training.path} (collect.concepts, collect.holdOut): ranks chosen on it ` +
      `would depend on a concept that must stay unseen. Search on one of ${zoo.map(({ name }) => name).join(', ')}.`,
  );
}

async function readMeasured(folder: string): Promise<MeasuredRanks[]> {
  const redone = 'every try is then trained again';
  return (await readRunState(join(folder, MEASURED), measuredSchema, redone)) ?? [];
}
