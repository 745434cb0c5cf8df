/** Measures the whole method against its references: npm run bench -- method [--quick] */
import { mkdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import { ablationsSvg, curvesSvg, startsSvg } from './charts.ts';
import { type BenchConcept, DISTANCES } from './concepts.ts';
import { Crew } from './crew.ts';
import { conceptsOf, writeProject } from './project.ts';
import { type MethodReport, methodMarkdown } from './report.ts';
import { measuringPoints, SCALES, type Scale } from './scale.ts';
import { mean } from './statistics.ts';
import { ABLATIONS, ALONE, DRAWING, variantsFor } from './variants.ts';
import {
  type FineTuneAnswer,
  type FineTuneSettings,
  type OtherZoo,
  type ScratchAnswer,
  type ScratchSettings,
  START_NAMES,
  type StartName,
  type Unit,
} from './work.ts';

const BEGIN = '<!-- method: begin -->';
const END = '<!-- method: end -->';

interface Options {
  readonly quick: boolean;
  readonly photographs?: string;
  readonly jobs: number;
  readonly seeds?: number;
  readonly output?: string;
  readonly ablations: boolean;
  readonly docs: boolean;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return value;
}

const options = new Command('npm run bench -- method')
  .description(
    'Trains base, zoo and weight generator and measures new concepts from every start against training from scratch. ' +
      'Interrupted, it goes on where it was.',
  )
  .option('--quick', 'a small form of at most a quarter of an hour', false)
  .option('-p, --photographs <folder>', 'cut these photographs into images instead of drawing scenes')
  .addOption(new Option('-j, --jobs <n>', 'processes, of one thread each').argParser(positive).default(2))
  .addOption(new Option('-s, --seeds <n>', 'of the full form: fewer than its three').argParser(positive))
  .option('-o, --output <folder>', 'where everything goes (default: below .cache/bench/method)')
  .option('--no-ablations', 'leave the ablations out: they take as long as a seed')
  .option('--docs', 'also put the tables and charts into docs/results.md', false)
  .parse()
  .opts<Options>();

const scaleName = options.quick ? 'quick' : 'full';
const scale: Scale = SCALES[scaleName];
const label = [scaleName, ...(options.photographs ? ['photographs'] : [])].join('-');
const output = resolve(options.output ?? join('.cache/bench/method/work', label));
const project = join(output, 'project');
mkdirSync(output, { recursive: true });
await writeProject(project, scale, options.photographs && resolve(options.photographs));
const program = join(import.meta.dirname, 'worker.mjs');
const crew = new Crew(join(output, 'units'), [program, project, join(output, 'runs'), '1'], options.jobs);

const concepts = conceptsOf(scale);
const ofRole = (role: BenchConcept['role']) => concepts.filter((concept) => concept.role === role);
const validation = ofRole('validation')
  .slice(0, scale.sweepConcepts)
  .map(({ name }) => name);
const tests = ofRole('test');
const variants = variantsFor(ofRole('zoo').length);
const seeds = scale.seeds.slice(0, options.seeds);
const [firstSeed] = seeds as [number];
type UnitOf<K extends Unit['kind']> = Extract<Unit, { kind: K }>;

const finalPsnr = (points: readonly { psnr: number }[]) => points.at(-1)!.psnr;

/** Trains with every setting on the validation concepts; the best by mean PSNR at the end first. */
async function bestOf<S>(
  settings: readonly S[],
  measureAll: (settings: readonly S[]) => Promise<readonly number[]>,
): Promise<{ settings: S; psnr: number }[]> {
  const qualities = await measureAll(settings);
  return settings
    .map((setting, i) => ({ settings: setting, psnr: qualities[i]! }))
    .sort((a, b) => b.psnr - a.psnr);
}

/** Mean over the validation concepts, for each of the settings. */
function grouped<A>(answers: readonly A[], psnrOf: (answer: A) => number): number[] {
  const groups: number[] = [];
  for (let first = 0; first < answers.length; first += validation.length) {
    groups.push(mean(answers.slice(first, first + validation.length).map(psnrOf)));
  }
  return groups;
}

async function sweepScratch(title: string, settings: readonly ScratchSettings[]) {
  return bestOf(settings, async (all) => {
    const units = all.flatMap((setting) =>
      validation.map(
        (concept): UnitOf<'scratch'> => ({
          kind: 'scratch',
          seed: firstSeed,
          concept,
          settings: setting,
          measure: [setting.steps],
        }),
      ),
    );
    return grouped(await crew.all<'scratch'>(title, units), ({ points }) => finalPsnr(points));
  });
}

async function sweepFineTune(title: string, start: StartName, settings: readonly FineTuneSettings[]) {
  return bestOf(settings, async (all) => {
    const units = all.flatMap((setting) =>
      validation.map(
        (concept): UnitOf<'fine-tune'> => ({
          kind: 'fine-tune',
          seed: firstSeed,
          concept,
          starts: [start],
          settings: setting,
          measure: [setting.steps],
        }),
      ),
    );
    return grouped(await crew.all<'fine-tune'>(title, units), (answer) => finalPsnr(answer[start]!));
  });
}

const perTest = <T>(make: (seed: number, concept: string) => T): T[] =>
  seeds.flatMap((seed) => tests.map(({ name }) => make(seed, name)));

/** Pix2pix as published: its ResNet, Adam 2e-4 with beta1 0.5, one image a step, the rate falling over the second half. */
const standard: ScratchSettings = {
  generator: 'resnet',
  learningRate: 2e-4,
  batchSize: 1,
  schedule: 'linear',
  beta1: 0.5,
  beta2: 0.999,
  discriminatorEvery: 1,
  steps: scale.scratchSteps,
};

const zoos = await crew.all<'zoo'>(
  'base and zoo',
  seeds.map((seed) => ({ kind: 'zoo', seed })),
);
const generators = await crew.all<'generator'>(
  'weight generators',
  seeds.flatMap((seed) => variants.map((variant) => ({ kind: 'generator' as const, seed, variant }))),
);

// The reference gets more tries than ours: generator and rate first, then batch, schedule and beta1, one at a time.
const tuned0: ScratchSettings = {
  ...standard,
  generator: 'e2gan',
  batchSize: 4,
  schedule: 'cosine',
  discriminatorEvery: 4,
};
const firstSweep = await sweepScratch(
  'sweep of the reference',
  (['e2gan', 'resnet'] as const).flatMap((generator) =>
    scale.scratchRates.map((learningRate) => ({ ...tuned0, generator, learningRate })),
  ),
);
const best0 = firstSweep[0]!.settings;
const secondSweep = await sweepScratch('sweep of the reference', [
  { ...best0, batchSize: 1 },
  { ...best0, batchSize: 8, steps: Math.round(best0.steps / 2) },
  { ...best0, schedule: 'linear' },
  { ...best0, beta1: 0.9 },
  // A high rate without collapse.
  ...[2, 3].map((factor) => ({
    ...best0,
    learningRate: factor * best0.learningRate,
    warmup: Math.round(best0.steps / 20),
    beta2: 0.99,
  })),
  { ...best0, discriminatorEvery: 1 },
]);
const scratchSweep = [...firstSweep, ...secondSweep].sort((a, b) => b.psnr - a.psnr);
const tuned = scratchSweep[0]!.settings;
// The optimizer that ours is given, for the reference as well.
const muonSweep = await sweepScratch(
  'sweep of the reference with Muon',
  scale.muonScratchRates.flatMap((learningRate) => {
    const settings = { ...tuned, optimizer: 'muon' as const, beta1: 0.8, learningRate };
    return [settings, { ...settings, warmup: Math.round(tuned.steps / 20) }];
  }),
);
const muon = muonSweep[0]!.settings;

const [short, middle, long] = scale.fineTuneSteps;
const ours0: FineTuneSettings = { learningRate: 0, trainable: 'all', warmup: 5, steps: middle };
const fineTuneSettings = [
  ...scale.fineTuneRates.map((learningRate) => ({ learningRate })),
  ...scale.muonRates.map((learningRate) => ({ learningRate, optimizer: 'muon' as const })),
].flatMap((rate) => (['all', 'lora'] as const).map((trainable) => ({ ...ours0, ...rate, trainable })));
const fineTuneSweep = await sweepFineTune('sweep of ours', 'denoised', fineTuneSettings);
const ours = fineTuneSweep[0]!.settings;
const freshSweep = await sweepFineTune('sweep of fresh LoRA', 'fresh', fineTuneSettings);

const starts = (Object.keys(START_NAMES) as StartName[]).filter((name) => name !== 'fresh');
const fineTuneUnit = (
  seed: number,
  concept: string,
  from: readonly StartName[],
  settings: FineTuneSettings,
): UnitOf<'fine-tune'> => ({
  kind: 'fine-tune',
  seed,
  concept,
  starts: from,
  settings,
  measure: measuringPoints(settings.steps),
});
const middleCurves = await crew.all<'fine-tune'>(
  'fine-tuning from every start',
  perTest((seed, concept) => fineTuneUnit(seed, concept, starts, ours)),
);
const freshCurves = await crew.all<'fine-tune'>(
  'fine-tuning from fresh LoRA',
  perTest((seed, concept) => fineTuneUnit(seed, concept, ['fresh'], freshSweep[0]!.settings)),
);
const otherLengths: Record<number, FineTuneAnswer[]> = {};
for (const steps of [short, long]) {
  otherLengths[steps] = await crew.all<'fine-tune'>(
    `fine-tuning of ${steps} steps`,
    perTest((seed, concept) => fineTuneUnit(seed, concept, ['denoised'], { ...ours, steps })),
  );
}
const references: Record<string, ScratchAnswer[]> = {};
for (const [name, settings] of Object.entries({ standard, tuned, muon })) {
  references[name] = await crew.all<'scratch'>(
    `Pix2pix from scratch, ${name}`,
    perTest((seed, concept) => ({
      kind: 'scratch' as const,
      seed,
      concept,
      settings,
      measure: measuringPoints(settings.steps),
    })),
  );
}
const ambiguous = tests.filter(({ distance }) => distance === 'ambiguous');
const alternativeUnits = seeds.flatMap((seed) =>
  ambiguous.map(({ name }) => ({ kind: 'alternatives' as const, seed, concept: name, draws: 8, ...DRAWING })),
);
const alternatives = await crew.all<'alternatives'>('draws for ambiguous prompts', alternativeUnits);

const clear = tests.filter(({ distance }) => distance === 'combination' || distance === 'strength');
async function startPsnr(
  variant: string,
  sampling: { steps: number; guidance: number },
  other?: OtherZoo,
): Promise<number> {
  const units = clear.map(({ name }) => ({
    kind: 'starts' as const,
    seed: firstSeed,
    concept: name,
    variant,
    sampling,
    ...(other && { other }),
  }));
  return mean((await crew.all<'starts'>('quality of starts', units)).map(({ psnr }) => psnr));
}

const once = { steps: 1, guidance: 1 };
const ablations: { title: string; rows: { label: string; psnr: number }[] }[] = [];
if (scale.ablations && options.ablations) {
  const compared = ABLATIONS.flatMap(({ variants }) => variants);
  await crew.all<'zoo'>(
    'zoos of the ablations',
    compared.flatMap(({ zoo }) => (zoo ? [{ kind: 'zoo' as const, seed: firstSeed, other: zoo }] : [])),
  );
  await crew.all<'generator'>(
    'weight generators of the ablations',
    compared.map(({ variant, zoo }) => ({
      kind: 'generator' as const,
      seed: firstSeed,
      variant,
      ...(zoo && { other: zoo }),
    })),
  );
  for (const { title, variants: rivals, reference } of ABLATIONS) {
    const rows = [];
    for (const { label: rowLabel, variant, zoo } of rivals) {
      rows.push({ label: rowLabel, psnr: await startPsnr(variant.name, once, zoo) });
    }
    rows.push({ label: reference.label, psnr: await startPsnr(reference.name, once) });
    if (rows.every(({ label: text }) => Number.isFinite(Number(text)))) {
      rows.sort((a, b) => Number(a.label) - Number(b.label));
    }
    ablations.push({ title, rows });
  }
  ablations.push({
    title: 'What is denoised, without the ridge head',
    rows: [
      { label: 'one joint latent', psnr: await startPsnr(DRAWING.joint, once) },
      { label: 'blocks', psnr: await startPsnr(ALONE, once) },
    ],
  });
  const sampled = [];
  for (const steps of [1, 2, 5, 20, 50]) {
    sampled.push({ label: String(steps), psnr: await startPsnr(ALONE, { steps, guidance: 1 }) });
  }
  ablations.push({ title: 'Denoising steps, without the ridge head', rows: sampled });
  const guided = [];
  for (const guidance of [1, 1.5, 2, 4]) {
    guided.push({ label: String(guidance), psnr: await startPsnr(ALONE, { steps: 1, guidance }) });
  }
  ablations.push({ title: 'Guidance scale, without the ridge head', rows: guided });
  const ends = (answers: readonly FineTuneAnswer[]) =>
    mean(answers.map(({ denoised }) => finalPsnr(denoised!)));
  const fresh = await crew.all<'fine-tune'>(
    'fine-tuning with a fresh discriminator',
    clear.map(({ name }) => fineTuneUnit(firstSeed, name, ['denoised'], { ...ours, discriminator: 'fresh' })),
  );
  // The first seed's come first, in the order of the test concepts.
  const saved = middleCurves.slice(0, tests.length).filter((_, i) => clear.includes(tests[i]!));
  ablations.push({
    title: `Discriminator, after ${ours.steps} steps`,
    rows: [
      { label: 'fresh', psnr: ends(fresh) },
      { label: 'of the base', psnr: ends(saved) },
    ],
  });
}

const [timing] = await crew.all<'timing'>('time of a step', [
  {
    kind: 'timing',
    seed: firstSeed,
    concept: validation[0]!,
    fineTune: ours,
    scratch: { standard, tuned, muon },
  },
]);

crew.dispose();

const report: MethodReport = {
  scale: label,
  date: new Date().toISOString(),
  processor: cpus()[0]?.model ?? 'unknown processor',
  seeds,
  distances: DISTANCES.filter((distance) => tests.some((test) => test.distance === distance)),
  concepts: concepts.map(({ name, prompt, role, distance }) => ({ name, prompt, role, distance })),
  cases: perTest((seed, concept) => ({
    seed,
    concept,
    distance: tests.find(({ name }) => name === concept)!.distance!,
  })).map((of, i) => ({
    ...of,
    fineTuned: { ...middleCurves[i]!, ...freshCurves[i]! },
    lengths: {
      [short]: otherLengths[short]![i]!.denoised!,
      [middle]: middleCurves[i]!.denoised!,
      [long]: otherLengths[long]![i]!.denoised!,
    },
    references: Object.fromEntries(
      Object.entries(references).map(([name, answers]) => [name, answers[i]!.points]),
    ),
  })),
  settings: { ours, fresh: freshSweep[0]!.settings, standard, tuned, muon },
  sweeps: { ours: fineTuneSweep, fresh: freshSweep, tuned: scratchSweep, muon: muonSweep },
  milliseconds: timing!,
  zoos,
  generators: seeds.flatMap((seed, i) =>
    variants.map(({ name }, j) => ({ seed, variant: name, ...generators[i * variants.length + j]! })),
  ),
  alternatives: alternativeUnits.map(({ seed, concept }, i) => ({ seed, concept, ...alternatives[i]! })),
  ablations,
};
const json = join(output, 'method.json');
await writeFileAtomic(json, JSON.stringify(report, null, 1));
const markdown = methodMarkdown(report);
const written = join(output, 'method.md');
await writeFileAtomic(written, `${markdown}\n`);
const charts = {
  'method-curves': curvesSvg(report),
  'method-starts': startsSvg(report),
  ...(ablations.length > 0 && { 'method-ablations': ablationsSvg(report) }),
};
for (const [name, svg] of Object.entries(charts)) await writeFileAtomic(join(output, `${name}.svg`), svg);
console.log(`\n${markdown}\n\n${json}\n${written}`);
if (options.docs) {
  const path = 'docs/results.md';
  const text = readFileSync(path, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${path} has no ${BEGIN} ... ${END}`);
  await writeFileAtomic(path, `${before}${BEGIN}\n${markdown}\n${END}${after}`);
  for (const [name, svg] of Object.entries(charts)) await writeFileAtomic(`docs/images/${name}.svg`, svg);
}
