import * as z from 'zod';
import { UserError } from '../../project/user-error.ts';
import type { Stage } from '../../protocol/stages.ts';

/**
 * The input schema of each tool. package.json repeats them as JSON Schema, and test/extension/tools/manifest.test.ts
 * compares the two: VS Code shows the JSON Schema to models but does not check inputs against it.
 */

/** Stages that a model may start. Translating writes to a folder that only a person should choose. */
export type StartableStage = Exclude<Stage, 'translate'>;

/** Which inputs a stage accepts, as on the command line. */
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
  .describe('Folder of the project, absolute or relative to the workspace. Only needed if there are several.')
  .optional();
const training = z
  .string()
  .min(1)
  .describe(
    'Name of the training config (file name without .training.yaml). Only needed if there are several.',
  )
  .optional();
const conceptName = z.string().min(1);

export const listConceptsInput = z.strictObject({
  project,
  tag: z.string().min(1).describe('Only list concepts with this tag.').optional(),
});

export const validateProjectInput = z.strictObject({ project });

export const describeRunInput = z.strictObject({
  project,
  run: z
    .string()
    .min(1)
    .describe('Id of the run. Default: the active run, or the newest run if none is active.')
    .optional(),
});

export const startRunInput = z.strictObject({
  stage: z
    .enum(STARTABLE_STAGES)
    .describe(
      'What to run. A project goes through prepare (image pairs), train-base, collect (the zoo of LoRA weights) and train-generator (the weight generator), and then, for each new concept, through denoise, fine-tune and evaluate. quickstart does all of these.',
    ),
  project,
  training,
  concept: conceptName
    .describe(
      'Name of the concept. Required for denoise, fine-tune and evaluate; optional for prepare, collect and search-ranks, which it limits to one concept; not allowed otherwise.',
    )
    .optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .describe("Overrides the training config's seed. Not allowed for prepare, collect and quickstart.")
    .optional(),
  steps: z
    .int()
    .min(0)
    .max(10_000_000)
    .describe(
      "Overrides the training config's number of steps. Only allowed for search-ranks, denoise and fine-tune.",
    )
    .optional(),
});

export const weightStatisticsInput = z.strictObject({
  concept: conceptName.describe('Name of the concept whose weights to measure.'),
  weights: z
    .enum(['denoised', 'fine-tuned', 'zoo'])
    .describe(
      "Which of the concept's weights to measure. Default: the first of denoised, fine-tuned and zoo that exists.",
    )
    .optional(),
  layer: z.string().min(1).describe('Only list layers whose name contains this text.').optional(),
  project,
  training,
});

export type StartRunInput = z.infer<typeof startRunInput>;
export type WeightStatisticsInput = z.infer<typeof weightStatisticsInput>;

/** @throws UserError that lists each invalid key and the values it accepts */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new UserError(`The tool's input is invalid. ${mistakes.join('. ')}.`);
}
