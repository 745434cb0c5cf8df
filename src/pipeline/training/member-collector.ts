import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { PreparedPairs } from '../../data/prepared.ts';
import { writeMember } from '../../data/zoo.ts';
import { DiskView } from '../../project/disk/disk-view.ts';
import { projectPaths } from '../../project/paths.ts';
import type { LoadedConcept } from '../../project/project.ts';
import { ImageStamps } from '../../project/zoo/image-stamps.ts';
import { memberInputs } from '../../project/zoo/member-inputs.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { heldOutImages } from '../metrics/held-out.ts';
import { meanQuality } from '../metrics/image-metrics.ts';
import { storedQuality } from '../run-state.ts';
import type { WorkContext } from '../stage.ts';
import { stageDevice } from '../stage-support.ts';
import type { BaseModel } from '../weights/base-model.ts';
import { createConceptTrainer } from './concept-training.ts';
import type { GeneratorTrainer } from './generator-trainer.ts';

/** Share of the training, at its end, over which the kept checkpoints are spread. */
const CHECKPOINT_SPAN = 0.2;

/** What a run keeps of a member that is finished. */
export const collectedSchema = z.object({
  /** Mean quality on held-out images after the training: PSNR in decibels. */
  psnr: storedQuality,
  /** Runs of earlier versions lack it. */
  ssim: storedQuality.optional(),
  l1: z.number().optional(),
  /** Seconds of training. */
  seconds: z.number().optional(),
});
export type Collected = z.output<typeof collectedSchema>;

/** What the training of one member is told about the run that it is part of. */
export interface MemberTraining {
  /** What is being trained, for the progress line. */
  readonly message: string;
  /** Progress of the run after this many steps of the member. */
  readonly progress: (stepsDone: number) => { done: number; total: number };
  /** Called after each step. */
  readonly afterStep: () => Promise<void>;
  /** Continue from the member's checkpoint, if there is one. */
  readonly resume: boolean;
}

const memberCheckpoint = (concept: string) => `${concept}.${RUN_FILES.checkpoint}`;

/** Removes what a member that is done no longer needs. */
export async function removeCheckpoint(runFolder: string, concept: string): Promise<void> {
  await rm(join(runFolder, memberCheckpoint(concept)), { force: true });
}

/**
 * Fine-tunes LoRA weights for one concept of the zoo after another, all with the same data order and from the same kind of
 * start, so that their weights lie in one basin. A member depends on nothing but its concept and the base: whichever process
 * trains it, and after which others, its bytes are the same.
 */
export class MemberCollector {
  private constructor(
    private readonly context: WorkContext<'collect'>,
    private readonly base: BaseModel,
    private readonly trainer: GeneratorTrainer,
    private readonly stamps: ImageStamps,
  ) {}

  static async create(context: WorkContext<'collect'>, base: BaseModel): Promise<MemberCollector> {
    const { config } = context.training;
    const trainer = await createConceptTrainer(
      base,
      config,
      { ...config.collect, trainable: 'lora' },
      await stageDevice(context),
    );
    return new MemberCollector(context, base, trainer, new ImageStamps(new DiskView()));
  }

  /**
   * Trains a member and writes it to the zoo, whole.
   * @returns undefined if a stop was requested; its checkpoint is then in the run folder
   */
  async collect(
    concept: LoadedConcept,
    pairs: PreparedPairs,
    { message, progress, afterStep, resume }: MemberTraining,
  ): Promise<Collected | undefined> {
    const { trainer, base } = this;
    const { project, training, run, shouldStop } = this.context;
    const { config } = training;
    const { steps, checkpoints, checkpointEvery } = config.collect;
    const kept = keptSteps(steps, checkpoints);
    const vectors: Float32Array[] = [];
    const inputs = await memberInputs(concept, training, this.stamps);
    await trainer.start(await base.loraStartFor(concept.prompt), base.discriminatorValues);
    const outcome = await trainer.train({
      ...{ run, shouldStop, resume, pairs, message, checkpointEvery, progress },
      seed: config.seed,
      concept: concept.name,
      checkpointFile: memberCheckpoint(concept.name),
      extraGroups: {
        save: () => Object.fromEntries(vectors.map((vector, i) => [`kept.${i}`, vector])),
        load: (groups) => {
          for (let i = 0; groups[`kept.${i}`]; i++) vectors.push(groups[`kept.${i}`]!);
        },
      },
      metricsEvery: Math.max(1, Math.floor(steps / 20)),
      afterStep: async (stepsDone) => {
        if (kept.has(stepsDone)) vectors.push(await trainer.values());
        await afterStep();
      },
    });
    if (!outcome.finished) return undefined;
    await writeMember(projectPaths(project.folder).zooMember(base.hash, concept.name), {
      concept: concept.name,
      prompt: concept.prompt,
      baseHash: base.hash,
      layout: base.lora.layout,
      steps,
      checkpoints: vectors,
      inputs,
    });
    const { test, size } = pairs;
    const quality = await trainer.measure(
      heldOutImages(test, size, config.image.size, config.evaluate.images),
    );
    const { psnr, ssim, l1 } = meanQuality(quality);
    return { psnr, ssim, l1, seconds: outcome.seconds };
  }

  dispose(): Promise<void> {
    return this.trainer.dispose();
  }
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
