/** Chooses each method's settings: the best on the validation concepts. */
import type { Crew } from './crew.ts';
import type { Plan, UnitOf } from './plan.ts';
import type { Tried } from './report.ts';
import { mean } from './statistics.ts';
import type { FineTuneSettings, ScratchSettings, StartName } from './work.ts';

export interface ReferenceSettings {
  readonly standard: ScratchSettings;
  readonly tuned: ScratchSettings;
  readonly muon: ScratchSettings;
  readonly sweeps: {
    readonly tuned: readonly Tried<ScratchSettings>[];
    readonly muon: readonly Tried<ScratchSettings>[];
  };
}

/**
 * Sweeps training from scratch. The reference gets more tries than our method: first generator and rate, then batch,
 * schedule and beta1, one at a time, and last the optimizer that our method uses.
 */
export async function sweepReference(crew: Crew, plan: Plan): Promise<ReferenceSettings> {
  const { scale } = plan;
  /**
   * Pix2pix as published: its ResNet, Adam 2e-4 with beta1 0.5, one image per step, the rate falling over the second
   * half.
   */
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
  const tuned0: ScratchSettings = {
    ...standard,
    generator: 'e2gan',
    batchSize: 4,
    schedule: 'cosine',
    discriminatorEvery: 4,
  };
  const first = await sweepScratch(
    crew,
    plan,
    'sweep of the reference',
    (['e2gan', 'resnet'] as const).flatMap((generator) =>
      scale.scratchRates.map((learningRate) => ({ ...tuned0, generator, learningRate })),
    ),
  );
  const best0 = first[0]!.settings;
  const second = await sweepScratch(crew, plan, 'sweep of the reference', [
    { ...best0, batchSize: 1 },
    { ...best0, batchSize: 8, steps: Math.round(best0.steps / 2) },
    { ...best0, schedule: 'linear' },
    { ...best0, beta1: 0.9 },
    // A high rate that does not collapse.
    ...[2, 3].map((factor) => ({
      ...best0,
      learningRate: factor * best0.learningRate,
      warmup: Math.round(best0.steps / 20),
      beta2: 0.99,
    })),
    { ...best0, discriminatorEvery: 1 },
  ]);
  const scratch = [...first, ...second].sort((a, b) => b.psnr - a.psnr);
  const tuned = scratch[0]!.settings;
  const muon = await sweepScratch(
    crew,
    plan,
    'sweep of the reference with Muon',
    scale.muonScratchRates.flatMap((learningRate) => {
      const settings = { ...tuned, optimizer: 'muon' as const, beta1: 0.8, learningRate };
      return [settings, { ...settings, warmup: Math.round(tuned.steps / 20) }];
    }),
  );
  return { standard, tuned, muon: muon[0]!.settings, sweeps: { tuned: scratch, muon } };
}

export interface FineTuneChoices {
  /** Settings from the denoised start. */
  readonly ours: FineTuneSettings;
  /** Settings from fresh LoRA on the base. */
  readonly fresh: FineTuneSettings;
  readonly sweeps: {
    readonly ours: readonly Tried<FineTuneSettings>[];
    readonly fresh: readonly Tried<FineTuneSettings>[];
  };
}

/** Sweeps fine-tuning from the denoised start and from fresh LoRA over the same settings. */
export async function sweepFineTuning(crew: Crew, plan: Plan): Promise<FineTuneChoices> {
  const { scale } = plan;
  const [, middle] = scale.fineTuneSteps;
  const ours0: FineTuneSettings = { learningRate: 0, trainable: 'all', warmup: 5, steps: middle };
  const settings = [
    ...scale.fineTuneRates.map((learningRate) => ({ learningRate })),
    ...scale.muonRates.map((learningRate) => ({ learningRate, optimizer: 'muon' as const })),
  ].flatMap((rate) => (['all', 'lora'] as const).map((trainable) => ({ ...ours0, ...rate, trainable })));
  const ours = await sweepStart(crew, plan, 'sweep of ours', 'denoised', settings);
  const fresh = await sweepStart(crew, plan, 'sweep of fresh LoRA', 'fresh', settings);
  return { ours: ours[0]!.settings, fresh: fresh[0]!.settings, sweeps: { ours, fresh } };
}

async function sweepScratch(
  crew: Crew,
  { validation, firstSeed }: Plan,
  title: string,
  settings: readonly ScratchSettings[],
): Promise<Tried<ScratchSettings>[]> {
  const units = settings.flatMap((setting) =>
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
  const answers = await crew.all<'scratch'>(title, units);
  return bestFirst(
    settings,
    answers.map(({ points }) => finalPsnr(points)),
  );
}

async function sweepStart(
  crew: Crew,
  { validation, firstSeed }: Plan,
  title: string,
  start: StartName,
  settings: readonly FineTuneSettings[],
): Promise<Tried<FineTuneSettings>[]> {
  const units = settings.flatMap((setting) =>
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
  const answers = await crew.all<'fine-tune'>(title, units);
  return bestFirst(
    settings,
    answers.map((answer) => finalPsnr(answer[start]!)),
  );
}

/**
 * The settings by descending mean PSNR.
 * @param qualities for each setting one per validation concept, in the order of the settings
 */
function bestFirst<S>(settings: readonly S[], qualities: readonly number[]): Tried<S>[] {
  const concepts = qualities.length / settings.length;
  return settings
    .map((setting, i) => ({
      settings: setting,
      psnr: mean(qualities.slice(i * concepts, (i + 1) * concepts)),
    }))
    .sort((a, b) => b.psnr - a.psnr);
}

/** The PSNR in dB at the end of a curve. */
export function finalPsnr(points: readonly { psnr: number }[]): number {
  return points.at(-1)!.psnr;
}
