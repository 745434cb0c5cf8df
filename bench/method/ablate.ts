/** The ablations: weight generators and fine-tunings that differ from the benchmark's in one respect. */
import { fineTuneUnit } from './collect.ts';
import type { Crew } from './crew.ts';
import type { Plan } from './plan.ts';
import type { Case, MethodReport } from './report.ts';
import { mean } from './statistics.ts';
import { finalPsnr } from './sweep.ts';
import { ABLATIONS, ALONE, DRAWING } from './variants.ts';
import type { FineTuneSettings, OtherZoo } from './work.ts';

type AblationTable = MethodReport['ablations'][number];
type Sampling = { readonly steps: number; readonly guidance: number };

const ONCE: Sampling = { steps: 1, guidance: 1 };

/**
 * Measures the ablations.
 * @param cases of the test concepts, fine-tuned with the settings `ours`
 */
export async function ablate(
  crew: Crew,
  plan: Plan,
  ours: FineTuneSettings,
  cases: readonly Case[],
): Promise<AblationTable[]> {
  const psnrOf = (variant: string, sampling = ONCE, other?: OtherZoo) =>
    startPsnr(crew, plan, variant, sampling, other);
  const tables = await compareVariants(crew, plan, psnrOf);
  tables.push({
    title: 'What is denoised, without the ridge head',
    rows: [
      { label: 'one joint latent', psnr: await psnrOf(DRAWING.joint) },
      { label: 'blocks', psnr: await psnrOf(ALONE) },
    ],
  });
  const sampled = [];
  for (const steps of [1, 2, 5, 20, 50]) {
    sampled.push({ label: String(steps), psnr: await psnrOf(ALONE, { steps, guidance: 1 }) });
  }
  tables.push({ title: 'Denoising steps, without the ridge head', rows: sampled });
  const guided = [];
  for (const guidance of [1, 1.5, 2, 4]) {
    guided.push({ label: String(guidance), psnr: await psnrOf(ALONE, { steps: 1, guidance }) });
  }
  tables.push({ title: 'Guidance scale, without the ridge head', rows: guided });
  tables.push(await compareDiscriminators(crew, plan, ours, cases));
  return tables;
}

/** Trains the weight generators of `ABLATIONS` and compares the starts that they denoise. */
async function compareVariants(
  crew: Crew,
  { firstSeed }: Plan,
  psnrOf: (variant: string, sampling?: Sampling, other?: OtherZoo) => Promise<number>,
): Promise<AblationTable[]> {
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
  const tables: AblationTable[] = [];
  for (const { title, variants: rivals, reference } of ABLATIONS) {
    const rows = [];
    for (const { label, variant, zoo } of rivals) {
      rows.push({ label, psnr: await psnrOf(variant.name, ONCE, zoo) });
    }
    rows.push({ label: reference.label, psnr: await psnrOf(reference.name) });
    if (rows.every(({ label }) => Number.isFinite(Number(label)))) {
      rows.sort((a, b) => Number(a.label) - Number(b.label));
    }
    tables.push({ title, rows });
  }
  return tables;
}

async function compareDiscriminators(
  crew: Crew,
  { clear, firstSeed }: Plan,
  ours: FineTuneSettings,
  cases: readonly Case[],
): Promise<AblationTable> {
  const fresh = await crew.all<'fine-tune'>(
    'fine-tuning with a fresh discriminator',
    clear.map(({ name }) => fineTuneUnit(firstSeed, name, ['denoised'], { ...ours, discriminator: 'fresh' })),
  );
  const ofBase = cases.filter(
    ({ seed, concept }) => seed === firstSeed && clear.some(({ name }) => name === concept),
  );
  return {
    title: `Discriminator, after ${ours.steps} steps`,
    rows: [
      { label: 'fresh', psnr: mean(fresh.map(({ denoised }) => finalPsnr(denoised!))) },
      { label: 'of the base', psnr: mean(ofBase.map(({ fineTuned }) => finalPsnr(fineTuned.denoised!))) },
    ],
  };
}

/** Mean PSNR in dB of a weight generator's denoised starts for the clear test concepts. */
async function startPsnr(
  crew: Crew,
  { clear, firstSeed }: Plan,
  variant: string,
  sampling: Sampling,
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
