/** The measurements as Markdown. */
import type { Distance } from './concepts.ts';
import { type CurvePoint, firstAtLeast } from './curve.ts';
import { mean, median, quantile, standardError } from './statistics.ts';
import {
  type AlternativesAnswer,
  type FineTuneAnswer,
  type FineTuneSettings,
  type GeneratorAnswer,
  type ScratchSettings,
  START_NAMES,
  type StartName,
  type TimingAnswer,
  type ZooAnswer,
} from './work.ts';

type Curve = readonly CurvePoint[];

/** One test concept with one seed. */
export interface Case {
  readonly seed: number;
  readonly concept: string;
  readonly distance: Distance;
  /** From every start, with the medium length. */
  readonly fineTuned: FineTuneAnswer;
  /** From the denoised start, by length. */
  readonly lengths: Readonly<Record<number, Curve>>;
  readonly references: Readonly<Record<string, Curve>>;
}

/** A setting with its mean PSNR in dB over the validation concepts at the end of training. */
export interface Tried<S> {
  readonly settings: S;
  readonly psnr: number;
}

export interface MethodReport {
  readonly scale: string;
  readonly date: string;
  readonly processor: string;
  readonly seeds: readonly number[];
  readonly distances: readonly Distance[];
  readonly concepts: readonly {
    readonly name: string;
    readonly prompt: string;
    readonly role: string;
    readonly distance: Distance | undefined;
  }[];
  readonly cases: readonly Case[];
  readonly settings: {
    readonly ours: FineTuneSettings;
    readonly fresh: FineTuneSettings;
    readonly standard: ScratchSettings;
    readonly tuned: ScratchSettings;
    readonly muon: ScratchSettings;
  };
  readonly sweeps: {
    readonly ours: readonly Tried<FineTuneSettings>[];
    readonly fresh: readonly Tried<FineTuneSettings>[];
    readonly tuned: readonly Tried<ScratchSettings>[];
    readonly muon: readonly Tried<ScratchSettings>[];
  };
  readonly milliseconds: TimingAnswer;
  readonly zoos: readonly ZooAnswer[];
  readonly generators: readonly (GeneratorAnswer & { readonly seed: number; readonly variant: string })[];
  readonly alternatives: readonly (AlternativesAnswer & {
    readonly seed: number;
    readonly concept: string;
  })[];
  readonly ablations: readonly {
    readonly title: string;
    readonly rows: readonly { readonly label: string; readonly psnr: number }[];
  }[];
}

type Reference = 'standard' | 'tuned' | 'muon';

const REFERENCES: Readonly<Record<Reference, string>> = {
  standard: 'Pix2pix, standard',
  tuned: 'Pix2pix, tuned',
  muon: 'Pix2pix, tuned, with Muon',
};

/** Factors by which we aimed to reduce the number of steps. */
const GOALS: Readonly<Record<Reference, number>> = { standard: 100, tuned: 15, muon: 15 };

const references = Object.entries(REFERENCES) as [Reference, string][];

const decibels = (value: number) => value.toFixed(2);
const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
const last = (curve: Curve) => curve.at(-1)!;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Means over seeds by concept, over which differences between methods are paired. */
function byConcept(cases: readonly Case[], value: (of: Case) => number): number[] {
  const names = [...new Set(cases.map(({ concept }) => concept))];
  return names.map((name) => mean(cases.filter(({ concept }) => concept === name).map(value)));
}

function pointAt(curve: Curve, steps: number): CurvePoint | undefined {
  return curve.find((point) => point.steps === steps);
}

/** Quality before any training. */
function startsTable({ cases, distances }: MethodReport): string {
  const names = Object.keys(START_NAMES) as StartName[];
  const first = (name: StartName) => (of: Case) => of.fineTuned[name]![0]!;
  return table(
    ['start', ...distances, 'SSIM', 'L1', 'patch FD', 'against denoised'],
    names.map((name) => {
      const differences = byConcept(cases, (of) => first(name)(of).psnr - first('denoised')(of).psnr);
      return [
        START_NAMES[name],
        ...distances.map((distance) =>
          decibels(median(cases.filter((of) => of.distance === distance).map((of) => first(name)(of).psnr))),
        ),
        median(cases.map((of) => first(name)(of).ssim)).toFixed(3),
        median(cases.map((of) => first(name)(of).l1)).toFixed(4),
        median(cases.map((of) => first(name)(of).patchFd)).toPrecision(2),
        name === 'denoised' ? '' : `${signed(mean(differences))} ± ${standardError(differences).toFixed(2)}`,
      ];
    }),
  );
}

function curvesTable({ cases, settings }: MethodReport): string {
  const names = Object.keys(START_NAMES) as StartName[];
  const steps = cases[0]!.fineTuned.denoised!.map((point) => point.steps);
  const row = (title: string, curveOf: (of: Case) => Curve) => [
    title,
    ...steps.map((step) => {
      const points = cases.map((of) => pointAt(curveOf(of), step)?.psnr);
      return points.every((psnr) => psnr !== undefined) ? decibels(median(points as number[])) : '';
    }),
    decibels(median(cases.map((of) => last(curveOf(of)).psnr))),
    median(cases.map((of) => last(curveOf(of)).ssim)).toFixed(3),
    median(cases.map((of) => last(curveOf(of)).l1)).toFixed(4),
    median(cases.map((of) => last(curveOf(of)).patchFd)).toPrecision(2),
  ];
  return table(
    ['PSNR after steps', ...steps.map(String), 'at its end', 'SSIM', 'L1', 'patch FD'],
    [
      ...names.map((name) => row(START_NAMES[name], (of) => of.fineTuned[name]!)),
      ...references.map(([name, title]) =>
        row(`${title} (${settings[name].steps} steps)`, (of) => of.references[name]!),
      ),
    ],
  );
}

/** Which of our curves reaches the final quality of each reference, and how much sooner. */
function reachTable({ cases, milliseconds, settings }: MethodReport): string {
  const rows = references.flatMap(([name, title]) => {
    const reference = settings[name];
    return Object.keys(cases[0]!.lengths).map((length) => {
      const reached = cases.flatMap((of) => {
        const quality = last(of.references[name]!).psnr;
        return firstAtLeast(of.lengths[Number(length)]!, quality) ?? [];
      });
      const differences = byConcept(
        cases,
        (of) => last(of.lengths[Number(length)]!).psnr - last(of.references[name]!).psnr,
      );
      const share = reached.length / cases.length;
      // Over all cases, counting those that never reach it as infinite: half of the cases do better than this median.
      const steps =
        share > 0.5
          ? quantile([...reached.map((point) => point.steps), ...endless(cases.length - reached.length)], 0.5)
          : Number.POSITIVE_INFINITY;
      const goal = GOALS[name];
      const soon = reached.filter((point) => reference.steps / Math.max(1, point.steps) >= goal).length;
      const theirs = reference.steps * milliseconds[name]!;
      const finite = Number.isFinite(steps);
      // A start that is already there costs only the denoising; at least one step is claimed.
      const ours = Math.max(1, steps) * milliseconds['fine-tune']!;
      return [
        title,
        `${length} steps`,
        `${signed(mean(differences))} ± ${standardError(differences).toFixed(2)}`,
        `${(100 * share).toFixed(0)} % (${reached.length} of ${cases.length})`,
        `${((100 * soon) / cases.length).toFixed(0)} % in ${goal}x fewer steps`,
        finite ? String(steps) : 'not reached',
        finite ? `${(reference.steps / Math.max(1, steps)).toFixed(0)}x` : '',
        finite ? `${(theirs / ours).toFixed(0)}x` : '',
        `${((reference.steps * milliseconds[name]!) / (Number(length) * milliseconds['fine-tune']!)).toFixed(1)}x`,
      ];
    });
  });
  return table(
    [
      'reference at the end of its budget',
      'our fine-tuning',
      'dB at our end against its end',
      'reach its quality',
      'of all',
      'steps, median',
      'fewer steps',
      'less time',
      'less time for our whole training',
    ],
    rows,
  );
}

function endless(count: number): number[] {
  return Array.from({ length: count }, () => Number.POSITIVE_INFINITY);
}

function costs({ zoos, generators, milliseconds, settings, cases }: MethodReport): string {
  const base = median(zoos.map(({ seconds }) => seconds.base));
  const zoo = median(zoos.map(({ seconds }) => seconds.zoo));
  const generator = median(generators.filter(({ variant }) => variant === '').map(({ seconds }) => seconds));
  const once = base + zoo + generator;
  const lengths = Object.keys(cases[0]!.lengths).map(Number);
  const ours = (lengths[1]! * milliseconds['fine-tune']!) / 1000;
  const pays = references.map(([name, title]) => {
    const theirs = (settings[name].steps * milliseconds[name]!) / 1000;
    return `${title} (${theirs.toFixed(1)} s a concept) ${theirs > ours ? `after ${Math.ceil(once / (theirs - ours))} concepts` : 'never'}`;
  });
  const members = zoos.flatMap((answer) => answer.members);
  return (
    `One-off cost, in seconds of one thread: base ${base.toFixed(0)}, zoo ${zoo.toFixed(0)} (${zoos[0]!.members.length} concepts, ` +
    `whose own quality is ${decibels(median(members))} dB in the median), weight generator ${generator.toFixed(0)}: ` +
    `${once.toFixed(0)} in all. With ${lengths[1]} steps (${ours.toFixed(1)} s) a new concept it pays against ` +
    `${pays.join(', and against ')}. A step takes ${milliseconds['fine-tune']!.toFixed(1)} ms in our fine-tuning, ` +
    `${milliseconds.standard!.toFixed(1)} ms in standard Pix2pix, ${milliseconds.tuned!.toFixed(1)} ms in the tuned one, ` +
    `${milliseconds.muon!.toFixed(1)} ms in that with Muon ` +
    `(medians of interleaved turns in one process).`
  );
}

function alternativesTable({ alternatives }: MethodReport): string {
  const names = Object.keys(alternatives[0]!.candidates);
  const of = (name: string) => alternatives.map(({ candidates }) => candidates[name]!);
  const rows = names.map((name) => [
    name,
    String(median(of(name).map(({ psnr }) => psnr.length))),
    decibels(median(of(name).map(({ psnr }) => median(psnr)))),
    decibels(median(of(name).map(({ psnr, chosen }) => psnr[chosen]!))),
    decibels(median(of(name).map(({ psnr }) => Math.max(...psnr)))),
    median(of(name).flatMap(({ toNearestMember }) => toNearestMember)).toFixed(3),
    of(name)[0]!.betweenDraws === undefined
      ? ''
      : median(of(name).map(({ betweenDraws }) => betweenDraws!)).toFixed(3),
  ]);
  return table(
    [
      'start for an ambiguous prompt',
      'draws',
      'median draw',
      'chosen with five images',
      'best draw',
      'L1 to nearest member',
      'L1 between draws',
    ],
    rows,
  );
}

const optimizerOf = ({ optimizer }: { readonly optimizer?: 'adam' | 'muon' }) =>
  optimizer === 'muon' ? 'Muon, ' : '';

function sweepTable({ sweeps }: MethodReport): string {
  const scratch = [...sweeps.tuned, ...sweeps.muon].map(({ settings, psnr }) => [
    `${settings.generator}, ${optimizerOf(settings)}lr ${settings.learningRate}, batch ${settings.batchSize}, ${settings.schedule}${settings.warmup ? ` after ${settings.warmup} steps of warm-up` : ''}, beta1 ${settings.beta1}, beta2 ${settings.beta2}, discriminator every ${settings.discriminatorEvery}, ${settings.steps} steps`,
    decibels(psnr),
  ]);
  const ours = (title: string, tried: readonly Tried<FineTuneSettings>[]) =>
    tried.map(({ settings, psnr }) => [
      `${title}: ${settings.trainable}, ${optimizerOf(settings)}lr ${settings.learningRate}, ${settings.steps} steps`,
      decibels(psnr),
    ]);
  return table(
    ['tried on validation concepts', 'PSNR at the end'],
    [...scratch, ...ours('ours', sweeps.ours), ...ours('fresh LoRA', sweeps.fresh)],
  );
}

function spreadOverSeeds({ cases, seeds }: MethodReport): string {
  if (seeds.length < 2) return 'One seed only: no spread over seeds.';
  const ofSeed = (value: (of: Case) => number) =>
    seeds.map((seed) => mean(cases.filter((of) => of.seed === seed).map(value)));
  const text = (values: readonly number[]) => values.map(decibels).join(', ');
  return (
    `Means over all concepts by seed: denoised start ${text(ofSeed((of) => of.fineTuned.denoised![0]!.psnr))} dB; ` +
    `after fine-tuning ${text(ofSeed((of) => last(of.fineTuned.denoised!).psnr))} dB; ` +
    `tuned Pix2pix ${text(ofSeed((of) => last(of.references.tuned!).psnr))} dB.`
  );
}

export function methodMarkdown(report: MethodReport): string {
  const { concepts, seeds, scale, processor, date, alternatives, ablations } = report;
  const count = (role: string) => concepts.filter((concept) => concept.role === role).length;
  const command = `npm run bench -- method${scale.startsWith('quick') ? ' --quick' : ''}`;
  const betweenMembers = alternatives.flatMap((entry) => entry.betweenMembers ?? []);
  return [
    `\`${command}\`, ${processor}, ${date.slice(0, 10)}: ${count('zoo')} zoo, ${count('validation')} validation and ` +
      `${count('test')} test concepts, ${seeds.length} seed${seeds.length > 1 ? 's' : ''}. PSNR in dB on held-out images, ` +
      'medians over test concepts and seeds; differences are paired by concept, with their standard error over concepts.',
    '#### How much sooner\n',
    reachTable(report),
    costs(report),
    '#### Before any training, by distance of the prompt from the zoo\n',
    startsTable(report),
    '#### While training\n',
    curvesTable(report),
    spreadOverSeeds(report),
    '#### Ambiguous prompts\n',
    alternativesTable(report),
    ...(betweenMembers.length > 0
      ? [
          `The zoo members of such a prompt differ from their nearest by ${median(betweenMembers).toFixed(3)} (mean absolute difference of images in [-1, 1]).`,
        ]
      : []),
    ...(ablations.length > 0
      ? [
          '#### Ablations\n',
          `PSNR on concepts of the kinds combination and strength, seed ${seeds[0]}: of starts, unless the title says after how many steps.`,
          table(
            ['', '', 'dB'],
            ablations.flatMap(({ title, rows }) =>
              rows.map(({ label, psnr }, i) => [i === 0 ? title : '', label, decibels(psnr)]),
            ),
          ),
        ]
      : []),
    '#### Settings that were tried\n',
    sweepTable(report),
  ].join('\n\n');
}
