/** Performs one unit of work. */
import {
  type HeldOutImages,
  heldOutImages,
  qualityOf,
  type TranslatedPairs,
} from '../../src/pipeline/metrics/held-out.ts';
import { l1, meanQuality } from '../../src/pipeline/metrics/image-metrics.ts';
import { LoraTranslator } from '../../src/pipeline/metrics/lora-translator.ts';
import { collect } from '../../src/pipeline/stages/collect.ts';
import { trainBase } from '../../src/pipeline/stages/train-base.ts';
import { trainGenerator } from '../../src/pipeline/stages/train-generator.ts';
import {
  type ConceptTrainingSettings,
  createConceptTrainer,
  discriminatorStart,
  trainedStart,
} from '../../src/pipeline/training/concept-training.ts';
import type { GeneratorTrainer } from '../../src/pipeline/training/generator-trainer.ts';
import { type BaseModel, loadBase } from '../../src/pipeline/weights/base-model.ts';
import { finalVector } from '../../src/pipeline/weights/zoo-vectors.ts';
import type { LoadedTraining } from '../../src/project/load.ts';
import { zooConcepts } from '../../src/project/selection.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import {
  type BenchContext,
  conceptOf,
  device,
  heldOut,
  otherZooContext,
  pairsOf,
  quietRun,
  runStage,
  trainingOf,
  variantTraining,
} from './context.ts';
import { type CurvePoint, evenDiverged } from './curve.ts';
import { pointOf } from './point.ts';
import { trainingName } from './project.ts';
import { type Subject, scratchTrainer, trainFromScratch } from './scratch.ts';
import { ConceptStarts } from './starts.ts';
import { median } from './statistics.ts';
import type {
  AlternativesAnswer,
  AnswerOf,
  FineTuneSettings,
  GeneratorAnswer,
  StartName,
  TimingAnswer,
  Unit,
  ZooAnswer,
} from './work.ts';

type UnitOf<K extends Unit['kind']> = Extract<Unit, { kind: K }>;

export async function doUnit(benchmark: BenchContext, unit: Unit): Promise<AnswerOf[Unit['kind']]> {
  const other = 'other' in unit ? unit.other : undefined;
  const context = other ? await otherZooContext(benchmark, unit.seed, other) : benchmark;
  switch (unit.kind) {
    case 'zoo':
      return makeZoo(context, unit);
    case 'generator':
      return makeGenerator(context, unit);
    case 'scratch': {
      const about = await subject(context, unit);
      const run = await quietRun(context, `scratch-${unit.seed}-${about.concept.name}`);
      return { points: await trainFromScratch(context, about, run, unit) };
    }
    case 'fine-tune':
      return fineTuneAll(context, unit);
    case 'starts':
      return startQuality(context, unit);
    case 'alternatives':
      return alternatives(context, unit);
    case 'timing':
      return timing(context, unit);
  }
}

async function subject(
  context: BenchContext,
  { seed, concept: name }: { seed: number; concept: string },
): Promise<Subject> {
  const training = trainingOf(context, trainingName(seed));
  const concept = conceptOf(context, name);
  return { training, concept, pairs: await pairsOf(context, training, concept) };
}

async function makeZoo(context: BenchContext, { seed, other }: UnitOf<'zoo'>): Promise<ZooAnswer> {
  const training = trainingOf(context, trainingName(seed));
  // A base copied from the benchmark's is not trained again.
  const trained = !other || 'lora' in other.sections;
  const base = trained ? await runStage(context, training, 'train-base', trainBase) : undefined;
  const begun = performance.now();
  const zoo = await runStage(context, training, 'collect', collect);
  const members = zoo.concepts as { concept: string; psnr: number }[];
  return {
    seconds: { base: (base?.seconds ?? 0) as number, zoo: (performance.now() - begun) / 1000 },
    parameters: (base?.parameters ?? {}) as JsonObject,
    members: members.map(({ psnr }) => psnr),
  };
}

/** At most `count` of the names, evenly spaced, so that all looks are kept. */
function thinned(names: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, i) => names[Math.floor((i * names.length) / count)]!);
}

async function makeGenerator(
  context: BenchContext,
  { seed, variant }: UnitOf<'generator'>,
): Promise<GeneratorAnswer> {
  const original = trainingOf(context, trainingName(seed));
  const names = zooConcepts(context.project, original).map(({ name }) => name);
  const training =
    variant.name === ''
      ? original
      : await variantTraining(
          context,
          seed,
          variant.name,
          variant.keys,
          variant.zoo === undefined ? undefined : thinned(names, variant.zoo),
        );
  const result = await runStage(context, training, 'train-generator', trainGenerator);
  const { seconds, blocks, parameters, ridgeLeaveOneOutError } = result as Record<string, number>;
  return {
    seconds: seconds!,
    blocks: blocks!,
    parameters: parameters!,
    ...(ridgeLeaveOneOutError !== undefined && { ridgeLeaveOneOutError }),
  };
}

function conceptSettings(training: LoadedTraining, settings: FineTuneSettings): ConceptTrainingSettings {
  return { ...training.config.fineTune, optimizer: 'adam', ...settings };
}

/** Trains from each start in turn with one compiled step. */
async function fineTuneAll(context: BenchContext, unit: UnitOf<'fine-tune'>): Promise<AnswerOf['fine-tune']> {
  const { training, concept, pairs } = await subject(context, unit);
  const base = await loadBase(context.project, training);
  const starts = await ConceptStarts.open(context, unit.seed, concept, base);
  const images = heldOut(pairs, training.config);
  const settings = conceptSettings(training, unit.settings);
  const trainer = await createConceptTrainer(base, training.config, settings, await device(context));
  try {
    const curves: Partial<Record<StartName, CurvePoint[]>> = {};
    for (const name of unit.starts) {
      const points: CurvePoint[] = [];
      await trainer.start(
        trainedStart(base, settings.trainable, await starts.vector(name)),
        discriminatorStart(base, unit.settings.discriminator ?? 'base', unit.seed),
      );
      const training = trainer.train({
        run: await quietRun(context, `fine-tune-${unit.seed}-${concept.name}`),
        shouldStop: () => false,
        resume: false,
        pairs,
        seed: unit.seed,
        concept: concept.name,
        message: `fine-tuning ${concept.name}`,
        checkpointEvery: settings.steps,
        measure: {
          at: (done) => unit.measure.includes(done),
          run: async (done) => {
            points.push(await pointOf(done, trainer.translate(images), images.size));
          },
        },
      });
      await evenDiverged(training, points, settings.steps);
      curves[name] = points;
    }
    return curves;
  } finally {
    await trainer.dispose();
  }
}

/**
 * Translates with one LoRA vector after another on the frozen base.
 * @param most maximum number of images translated at once
 */
async function withTranslator<T>(
  context: BenchContext,
  base: BaseModel,
  most: number,
  use: (
    translate: (vector: Float32Array, images: HeldOutImages) => AsyncIterable<TranslatedPairs>,
  ) => Promise<T>,
): Promise<T> {
  const translator = await LoraTranslator.create(base, await device(context), most);
  try {
    return await use((vector, images) => translator.translate(vector, images));
  } finally {
    await translator.dispose();
  }
}

async function startQuality(context: BenchContext, unit: UnitOf<'starts'>): Promise<AnswerOf['starts']> {
  const { training, concept, pairs } = await subject(context, unit);
  const base = await loadBase(context.project, training);
  const starts = await ConceptStarts.open(context, unit.seed, concept, base);
  const vector = await starts.denoised(unit.variant, concept.prompt, { ...unit.sampling, seed: unit.seed });
  const images = heldOut(pairs, training.config);
  return withTranslator(context, base, images.count, async (translate) => ({
    psnr: (await pointOf(0, translate(vector, images), images.size)).psnr,
  }));
}

/** Number of training images for choosing the best of several draws. */
const CHOOSING_IMAGES = 5;

/**
 * Draws several sets of weights for one prompt from each generator that can draw, and compares them with controls that
 * have one answer each: the zoo members that share the prompt, ridge regression and the deterministic network.
 */
async function alternatives(
  context: BenchContext,
  unit: UnitOf<'alternatives'>,
): Promise<AlternativesAnswer> {
  const { training, concept, pairs } = await subject(context, unit);
  const base = await loadBase(context.project, training);
  const starts = await ConceptStarts.open(context, unit.seed, concept, base);
  const images = heldOut(pairs, training.config);
  const choosing = heldOutImages(pairs.train, pairs.size, training.config.image.size, CHOOSING_IMAGES);
  const { prompt } = concept;
  const draws = (variant: string) =>
    Promise.all(
      Array.from({ length: unit.draws }, (_, draw) =>
        starts.denoised(variant, prompt, { steps: 20, guidance: 1, seed: 1000 * unit.seed + draw }),
      ),
    );
  const alike = starts.members.filter((member) => member.prompt === prompt);
  const vectors: Record<string, readonly Float32Array[]> = {
    'zoo members of the prompt': alike.map(finalVector),
    'joint latent, 20 steps': await draws(unit.joint),
    'independent blocks, 20 steps': await draws(unit.blocks),
    'deterministic network': [await starts.vector('deterministic')],
    'ridge regression': [await starts.vector('ridge')],
  };
  /** All translations, [count, size, size, 3], and their quality. */
  const kept = async (translations: AsyncIterable<TranslatedPairs>) => {
    const all = new Float32Array(images.count * images.size ** 2 * 3);
    const quality = await qualityOf(translations, images.size, ({ first, translated }) =>
      all.set(translated, first * images.size ** 2 * 3),
    );
    return { images: all, psnr: meanQuality(quality).psnr };
  };
  return withTranslator(context, base, images.count, async (translate) => {
    const members: Float32Array[] = [];
    for (const member of alike) members.push((await kept(translate(finalVector(member), images))).images);
    const nearestOther = (own: Float32Array, others: readonly Float32Array[]) =>
      Math.min(...others.map((other) => l1(own, other)));
    const candidates: Record<string, AlternativesAnswer['candidates'][string]> = {};
    for (const [name, drawn] of Object.entries(vectors)) {
      const psnr: number[] = [];
      const chooser: number[] = [];
      const outputs: Float32Array[] = [];
      for (const vector of drawn) {
        const output = await kept(translate(vector, images));
        outputs.push(output.images);
        psnr.push(output.psnr);
        chooser.push((await pointOf(0, translate(vector, choosing), choosing.size)).psnr);
      }
      candidates[name] = {
        psnr,
        chosen: chooser.indexOf(Math.max(...chooser)),
        toNearestMember: outputs.map((output) => nearestOther(output, members)),
        ...(outputs.length > 1 && {
          betweenDraws: median(
            outputs.flatMap((own, i) => outputs.slice(i + 1).map((other) => l1(own, other))),
          ),
        }),
      };
    }
    return {
      candidates,
      ...(members.length > 1 && {
        betweenMembers: median(
          members.map((own) =>
            nearestOther(
              own,
              members.filter((other) => other !== own),
            ),
          ),
        ),
      }),
    };
  });
}

const TIMED_STEPS = 8;
const TIMED_TURNS = 12;

/** Times all trainings in turns in one process, so that they run under the same conditions. */
async function timing(context: BenchContext, unit: UnitOf<'timing'>): Promise<TimingAnswer> {
  const about = await subject(context, unit);
  const { training, pairs } = about;
  const base = await loadBase(context.project, training);
  const settings = conceptSettings(training, unit.fineTune);
  const trainer = await createConceptTrainer(base, training.config, settings, await device(context));
  const step = trainer.stepper(pairs, unit.seed);
  const turns: Record<string, (from: number) => Promise<void>> = {
    'fine-tune': async (from) => {
      for (let index = from; index < from + TIMED_STEPS; index++) await step(index);
    },
  };
  const made: GeneratorTrainer[] = [];
  for (const [name, scratch] of Object.entries(unit.scratch)) {
    const one = await scratchTrainer(context, about, scratch, unit.seed);
    const stepOf = one.stepper(pairs, unit.seed);
    made.push(one);
    turns[name] = async (from) => {
      for (let index = from; index < from + TIMED_STEPS; index++) await stepOf(index);
    };
  }
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(turns).map((name) => [name, []]));
  for (let turn = 0; turn <= TIMED_TURNS; turn++) {
    for (const [name, take] of Object.entries(turns)) {
      const begun = performance.now();
      await take(turn * TIMED_STEPS);
      // The first turn warms up.
      if (turn > 0) times[name]!.push((performance.now() - begun) / TIMED_STEPS);
    }
  }
  await trainer.dispose();
  for (const one of made) await one.dispose();
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}
