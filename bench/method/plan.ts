/** What the benchmark measures: concepts, seeds and weight generators, depending on the command-line options. */
import { join, resolve } from 'node:path';
import { type BenchConcept, DISTANCES, type Distance } from './concepts.ts';
import type { Options } from './options.ts';
import { conceptsOf } from './project.ts';
import { SCALES, type Scale } from './scale.ts';
import { variantsFor } from './variants.ts';
import type { Unit, Variant } from './work.ts';

export type UnitOf<K extends Unit['kind']> = Extract<Unit, { kind: K }>;

export interface Plan {
  readonly scale: Scale;
  /** Name of the scale in the report: `full`, `quick-photographs`... */
  readonly label: string;
  /** Absolute path of the output folder. */
  readonly output: string;
  /** Absolute path of the project to train on. */
  readonly project: string;
  readonly concepts: readonly BenchConcept[];
  /** Names of the concepts for sweeping settings. */
  readonly validation: readonly string[];
  readonly tests: readonly BenchConcept[];
  /** Test concepts whose prompt has one meaning and consists of words that occur in the zoo. */
  readonly clear: readonly BenchConcept[];
  /** Test concepts whose prompt several zoo concepts share. */
  readonly ambiguous: readonly BenchConcept[];
  /** The distances of the test concepts, from near to far. */
  readonly distances: readonly Distance[];
  /** The weight generators trained for every seed. */
  readonly variants: readonly Variant[];
  readonly seeds: readonly number[];
  /** The seed of sweeps, ablations and timings. */
  readonly firstSeed: number;
  readonly ablations: boolean;
}

export function planFor(options: Options): Plan {
  const scaleName = options.quick ? 'quick' : 'full';
  const scale = SCALES[scaleName];
  const label = [scaleName, ...(options.photographs ? ['photographs'] : [])].join('-');
  const output = resolve(options.output ?? join('.cache/bench/method/work', label));
  const concepts = conceptsOf(scale);
  const ofRole = (role: BenchConcept['role']) => concepts.filter((concept) => concept.role === role);
  const tests = ofRole('test');
  const seeds = scale.seeds.slice(0, options.seeds);
  const [firstSeed] = seeds as [number];
  return {
    scale,
    label,
    output,
    project: join(output, 'project'),
    concepts,
    validation: ofRole('validation')
      .slice(0, scale.sweepConcepts)
      .map(({ name }) => name),
    tests,
    clear: tests.filter(({ distance }) => distance === 'combination' || distance === 'strength'),
    ambiguous: tests.filter(({ distance }) => distance === 'ambiguous'),
    distances: DISTANCES.filter((distance) => tests.some((test) => test.distance === distance)),
    variants: variantsFor(ofRole('zoo').length),
    seeds,
    firstSeed,
    ablations: scale.ablations && options.ablations,
  };
}

/** One entry for each test concept with each seed: those of the first seed come first, in the order of the concepts. */
export function perTest<T>(
  { seeds, tests }: Pick<Plan, 'seeds' | 'tests'>,
  make: (seed: number, concept: string) => T,
): T[] {
  return seeds.flatMap((seed) => tests.map(({ name }) => make(seed, name)));
}
