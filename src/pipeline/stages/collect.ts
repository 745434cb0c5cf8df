import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeMember } from '../../data/zoo.ts';
import { DiskView } from '../../project/disk/disk-view.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { zooConcepts } from '../../project/selection.ts';
import { UserError } from '../../project/user-error.ts';
import { ImageStamps } from '../../project/zoo/image-stamps.ts';
import { memberInputs } from '../../project/zoo/member-inputs.ts';
import { isWanting } from '../../project/zoo/member-state.ts';
import { zooStates } from '../../project/zoo/zoo-status.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { heldOutImages } from '../metrics/held-out.ts';
import { meanQuality } from '../metrics/image-metrics.ts';
import { readRunState, storedQuality, writeRunState } from '../run-state.ts';
import type { StageContext, StageFunction, StageOutcome } from '../stage.ts';
import { preparedPairs, stageConcept, stageDevice } from '../stage-support.ts';
import { createConceptTrainer } from '../training/concept-training.ts';
import { loadBase } from '../weights/base-model.ts';

/** File in the run folder that lists the concepts that this run has finished. */
const COLLECTED = 'collected.json';
/** Share of the training, at its end, over which the kept checkpoints are spread. */
const CHECKPOINT_SPAN = 0.2;

const collectedSchema = z.array(
  z.object({
    concept: z.string(),
    /** Mean PSNR on held-out images after the training, in decibels. */
    psnr: storedQuality,
  }),
);
type Collected = z.output<typeof collectedSchema>[number];

/**
 * Fine-tunes LoRA weights for every concept of the zoo (or for the named one), all with the same data order
 * and from the same kind of start, so that their weights lie in one basin. Each member is written atomically as soon
 * as it is done; a resumed run continues within the concept that was being trained.
 */
export const collect: StageFunction<'collect'> = async (context) => {
  const { project, training, run, shouldStop } = context;
  const { config } = training;
  const base = await loadBase(project, training);
  const done = context.resume ? await readCollected(context, base.hash) : [];
  const finished = new Set(done.map(({ concept }) => concept));
  const concepts = await wantedConcepts(context, base.hash, finished);
  if (concepts.length === 0) return nothingWanted(context, base.hash);
  const pairs = await preparedPairs(context, concepts);
  if (!pairs) return { status: 'stopped', result: {} };
  const stamps = new ImageStamps(new DiskView());
  const trainer = await createConceptTrainer(
    base,
    config,
    { ...config.collect, trainable: 'lora' },
    await stageDevice(context),
  );
  try {
    const { steps, checkpoints, checkpointEvery } = config.collect;
    const kept = keptSteps(steps, checkpoints);
    const total = concepts.length * steps;
    const { seed } = config;
    for (const [index, concept] of concepts.entries()) {
      const checkpointFile = `${concept.name}.${RUN_FILES.checkpoint}`;
      if (finished.has(concept.name)) {
        // A process that was killed between its last two steps has left it.
        await rm(join(run.folder, checkpointFile), { force: true });
        continue;
      }
      const progress = (stepsDone: number) => ({ done: index * steps + stepsDone, total });
      const vectors: Float32Array[] = [];
      const inputs = await memberInputs(concept, training, stamps);
      await trainer.start(await base.loraStartFor(concept.prompt), base.discriminatorValues);
      const outcome = await trainer.train({
        run,
        shouldStop,
        resume: context.resume,
        pairs: pairs[index]!,
        seed,
        concept: concept.name,
        message: `collecting ${concept.name} (${index + 1} of ${concepts.length})`,
        checkpointEvery,
        checkpointFile,
        extraGroups: {
          save: () => Object.fromEntries(vectors.map((vector, i) => [`kept.${i}`, vector])),
          load: (groups) => {
            for (let i = 0; groups[`kept.${i}`]; i++) vectors.push(groups[`kept.${i}`]!);
          },
        },
        metricsEvery: Math.max(1, Math.floor(steps / 20)),
        progress,
        afterStep: async (stepsDone) => {
          if (kept.has(stepsDone)) vectors.push(await trainer.values());
        },
      });
      if (!outcome.finished) return { status: 'stopped', result: { concepts: done.length } };
      const path = projectPaths(project.folder).zooMember(base.hash, concept.name);
      await writeMember(path, {
        concept: concept.name,
        prompt: concept.prompt,
        baseHash: base.hash,
        layout: base.lora.layout,
        steps,
        checkpoints: vectors,
        inputs,
      });
      const { test, size } = pairs[index]!;
      const quality = await trainer.measure(
        heldOutImages(test, size, config.image.size, config.evaluate.images),
      );
      const { psnr, ssim, l1 } = meanQuality(quality);
      run.emit({
        type: 'metrics',
        step: steps,
        concept: concept.name,
        seconds: outcome.seconds,
        values: { 'quality/psnr': psnr, 'quality/ssim': ssim, 'quality/l1': l1 },
      });
      done.push({ concept: concept.name, psnr });
      await writeRunState(join(run.folder, COLLECTED), done);
      await rm(join(run.folder, checkpointFile), { force: true });
      run.emit({
        type: 'artifact',
        kind: 'zoo-member',
        file: toProjectPath(project.folder, path),
        concept: concept.name,
      });
    }
    return {
      status: 'succeeded',
      result: {
        base: base.hash,
        folder: toProjectPath(project.folder, projectPaths(project.folder).zooOf(base.hash)),
        concepts: done.map(({ concept, psnr }) => ({ concept, psnr })),
        loraParameters: base.lora.layout.size,
      },
    };
  } finally {
    await trainer.dispose();
  }
};

/** The selected concepts; with `missing`, only those that this run has already finished or still has to train. */
async function wantedConcepts(
  context: StageContext<'collect'>,
  baseHash: string,
  finished: ReadonlySet<string>,
): Promise<LoadedConcept[]> {
  const { project, training, options } = context;
  const selected = selectedConcepts(context);
  if (options.missing !== true) return selected;
  const states = await zooStates(project, training, baseHash, new DiskView());
  return selected.filter((concept) => finished.has(concept.name) || isWanting(states.get(concept)!));
}

function nothingWanted({ project, run }: StageContext, baseHash: string): StageOutcome {
  run.emit({ type: 'log', level: 'info', message: 'No member of the zoo is missing or stale.' });
  const folder = toProjectPath(project.folder, projectPaths(project.folder).zooOf(baseHash));
  return { status: 'succeeded', result: { base: baseHash, folder, concepts: [] } };
}

function selectedConcepts(context: StageContext<'collect'>): LoadedConcept[] {
  const { project, training, options } = context;
  const zoo = zooConcepts(project, training);
  if (options.concept === undefined) {
    if (zoo.length > 0) return zoo;
    throw new UserError(
      'no-concept-selected',
      `${training.path}: collect.concepts selects no concept. Add concepts to the project, or hold out fewer.`,
    );
  }
  const concept = stageConcept(context);
  if (zoo.includes(concept)) return [concept];
  throw new UserError(
    'held-out-concept',
    `${concept.name} is held out of the zoo by ${training.path} (collect.concepts, collect.holdOut). ` +
      `The zoo has ${zoo.map(({ name }) => name).join(', ')}.`,
  );
}

/** The steps after which a vector is kept: the last one, and others evenly spaced before it. */
function keptSteps(steps: number, checkpoints: number): Set<number> {
  const span = Math.max(checkpoints - 1, Math.floor(steps * CHECKPOINT_SPAN));
  return new Set(
    Array.from({ length: checkpoints }, (_, i) =>
      Math.max(1, steps - Math.round((span * i) / Math.max(1, checkpoints - 1))),
    ),
  );
}

/** What this run has finished, as far as it is still in the zoo of this base. */
async function readCollected({ project, run }: StageContext, baseHash: string): Promise<Collected[]> {
  const redone = 'every concept is then collected again';
  const done = (await readRunState(join(run.folder, COLLECTED), collectedSchema, redone)) ?? [];
  const paths = projectPaths(project.folder);
  return done.filter(({ concept }) => existsSync(paths.zooMember(baseHash, concept)));
}
