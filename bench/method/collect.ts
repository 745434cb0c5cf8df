/** The curves of the test concepts from every start and from scratch, and the measurements that go with them. */

import { measuringPoints } from '../../src/pipeline/training/measuring-points.ts';
import type { Crew } from './crew.ts';
import { type Plan, perTest, type UnitOf } from './plan.ts';
import type { Case, MethodReport } from './report.ts';
import type { FineTuneChoices, ReferenceSettings } from './sweep.ts';
import { DRAWING } from './variants.ts';
import { type FineTuneAnswer, type FineTuneSettings, START_NAMES, type StartName } from './work.ts';

/** Trains the base and the zoo of every seed. */
export function collectZoos(crew: Crew, { seeds }: Plan): Promise<MethodReport['zoos']> {
  return crew.all<'zoo'>(
    'base and zoo',
    seeds.map((seed) => ({ kind: 'zoo', seed })),
  );
}

/** Trains every weight generator for every seed. */
export async function collectGenerators(
  crew: Crew,
  { seeds, variants }: Plan,
): Promise<MethodReport['generators']> {
  const answers = await crew.all<'generator'>(
    'weight generators',
    seeds.flatMap((seed) => variants.map((variant) => ({ kind: 'generator' as const, seed, variant }))),
  );
  return seeds.flatMap((seed, i) =>
    variants.map(({ name }, j) => ({ seed, variant: name, ...answers[i * variants.length + j]! })),
  );
}

/** A fine-tuning that is measured along the way. */
export function fineTuneUnit(
  seed: number,
  concept: string,
  starts: readonly StartName[],
  settings: FineTuneSettings,
): UnitOf<'fine-tune'> {
  return {
    kind: 'fine-tune',
    seed,
    concept,
    starts,
    settings,
    measure: measuringPoints(settings.steps),
  };
}

/** Measures every test concept with every seed, in the order of `perTest`. */
export async function collectCases(
  crew: Crew,
  plan: Plan,
  { ours, fresh }: FineTuneChoices,
  { standard, tuned, muon }: ReferenceSettings,
): Promise<Case[]> {
  const [short, middle, long] = plan.scale.fineTuneSteps;
  const fineTuned = (title: string, starts: readonly StartName[], settings: FineTuneSettings) =>
    crew.all<'fine-tune'>(
      title,
      perTest(plan, (seed, concept) => fineTuneUnit(seed, concept, starts, settings)),
    );
  const starts = (Object.keys(START_NAMES) as StartName[]).filter((name) => name !== 'fresh');
  const middleCurves = await fineTuned('fine-tuning from every start', starts, ours);
  const freshCurves = await fineTuned('fine-tuning from fresh LoRA', ['fresh'], fresh);
  const otherLengths: Record<number, FineTuneAnswer[]> = {};
  for (const steps of [short, long]) {
    otherLengths[steps] = await fineTuned(`fine-tuning of ${steps} steps`, ['denoised'], { ...ours, steps });
  }
  const references: Record<string, Case['references'][string][]> = {};
  for (const [name, settings] of Object.entries({ standard, tuned, muon })) {
    const answers = await crew.all<'scratch'>(
      `Pix2pix from scratch, ${name}`,
      perTest(plan, (seed, concept) => ({
        kind: 'scratch' as const,
        seed,
        concept,
        settings,
        measure: measuringPoints(settings.steps),
      })),
    );
    references[name] = answers.map(({ points }) => points);
  }
  return perTest(plan, (seed, concept) => ({
    seed,
    concept,
    distance: plan.tests.find(({ name }) => name === concept)!.distance!,
  })).map((of, i) => ({
    ...of,
    fineTuned: { ...middleCurves[i]!, ...freshCurves[i]! },
    lengths: {
      [short]: otherLengths[short]![i]!.denoised!,
      [middle]: middleCurves[i]!.denoised!,
      [long]: otherLengths[long]![i]!.denoised!,
    },
    references: Object.fromEntries(Object.entries(references).map(([name, curves]) => [name, curves[i]!])),
  }));
}

/** Draws several times for each prompt that several zoo concepts share. */
export async function collectAlternatives(
  crew: Crew,
  { seeds, ambiguous }: Plan,
): Promise<MethodReport['alternatives']> {
  const units = seeds.flatMap((seed) =>
    ambiguous.map(({ name }) => ({
      kind: 'alternatives' as const,
      seed,
      concept: name,
      draws: 8,
      ...DRAWING,
    })),
  );
  const answers = await crew.all<'alternatives'>('draws for ambiguous prompts', units);
  return units.map(({ seed, concept }, i) => ({ seed, concept, ...answers[i]! }));
}

/** Times a step of every training in one process. */
export async function collectTiming(
  crew: Crew,
  { firstSeed, validation }: Plan,
  ours: FineTuneSettings,
  { standard, tuned, muon }: ReferenceSettings,
): Promise<MethodReport['milliseconds']> {
  const [timing] = await crew.all<'timing'>('time of a step', [
    {
      kind: 'timing',
      seed: firstSeed,
      concept: validation[0]!,
      fineTune: ours,
      scratch: { standard, tuned, muon },
    },
  ]);
  return timing!;
}
