import * as z from 'zod';
import { UserError } from '../../project/user-error.ts';
import type { Stage } from '../../protocol/stages.ts';

/**
 * What each tool may be given. package.json repeats these as JSON Schema, which
 * test/extension/tools/manifest.test.ts compares: VS Code shows that to models but does not check inputs by it.
 */

/** Stages that a model may start; translating writes to a folder that only a person should choose. */
export type StartableStage = Exclude<Stage, 'translate'>;

/** What a stage can be told, as on the command line. */
interface StageInputs {
  readonly concept: 'required' | 'optional' | 'none';
  readonly seed: boolean;
  readonly steps: boolean;
}

/** In the order in which a project goes through them. */
export const STAGE_INPUTS: Readonly<Record<StartableStage, StageInputs>> = {
  prepare: { concept: 'optional', seed: false, steps: false },
  'train-base': { concept: 'none', seed: true, steps: false },
  'search-ranks': { concept: 'optional', seed: true, steps: true },
  collect: { concept: 'optional', seed: false, steps: false },
  'train-generator': { concept: 'none', seed: true, steps: false },
  denoise: { concept: 'required', seed: true, steps: true },
  'fine-tune': { concept: 'required', seed: true, steps: true },
  evaluate: { concept: 'required', seed: true, steps: false },
  quickstart: { concept: 'none', seed: false, steps: false },
};

const STARTABLE_STAGES = Object.keys(STAGE_INPUTS) as [StartableStage, ...StartableStage[]];

const project = z
  .string()
  .min(1)
  .describe(
    'Folder of the project, absolute or relative to the workspace. Only needed where there are several.',
  )
  .optional();
const training = z
  .string()
  .min(1)
  .describe(
    'Name of the training config (file name without .training.yaml). Only needed where there are several.',
  )
  .optional();
const conceptName = z.string().min(1);

export const listConceptsInput = z.strictObject({
  project,
  tag: z.string().min(1).describe('Only concepts with this tag.').optional(),
});

export const validateProjectInput = z.strictObject({ project });

export const describeRunInput = z.strictObject({
  project,
  run: z
    .string()
    .min(1)
    .describe('Id of the run. Without it: the run that is active, or the newest one where none is.')
    .optional(),
});

export const startRunInput = z.strictObject({
  stage: z
    .enum(STARTABLE_STAGES)
    .describe(
      'What to run. Order of a project: prepare (image pairs), train-base, collect (the zoo of LoRA weights), train-generator (the weight generator); then for a new concept: denoise, fine-tune, evaluate. quickstart does all of it.',
    ),
  project,
  training,
  concept: conceptName
    .describe(
      'Name of the concept. Required by denoise, fine-tune and evaluate; narrows prepare, collect and search-ranks to one concept; not allowed otherwise.',
    )
    .optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .describe("Seed instead of the training config's. Not for prepare, collect and quickstart.")
    .optional(),
  steps: z
    .int()
    .min(0)
    .max(10_000_000)
    .describe("Steps instead of the training config's. Only for search-ranks, denoise and fine-tune.")
    .optional(),
});

export const weightStatisticsInput = z.strictObject({
  concept: conceptName.describe('Name of the concept whose weights to look at.'),
  weights: z
    .enum(['denoised', 'fine-tuned', 'zoo'])
    .describe(
      'Which weights of the concept. Without it: the first that exist of denoised, fine-tuned, zoo member.',
    )
    .optional(),
  layer: z.string().min(1).describe('Only layers whose name contains this text.').optional(),
  project,
  training,
});

export type StartRunInput = z.infer<typeof startRunInput>;
export type WeightStatisticsInput = z.infer<typeof weightStatisticsInput>;

/** @throws UserError that says of each mistake in which key it is and what may stand there */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new UserError(`Mistakes in the tool's input. ${mistakes.join('. ')}.`);
}
