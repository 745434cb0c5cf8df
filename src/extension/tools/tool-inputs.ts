import * as z from 'zod';
import { UserError } from '../../project/user-error.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import type { ConceptUse } from '../../protocol/stage-entry.ts';
import { SEED, STEPS } from '../../protocol/stage-options.ts';
import {
  optionNames,
  STAGE_NAMES,
  type STAGES,
  type Stage,
  type StageOptions,
  stageEntry,
} from '../../protocol/stages.ts';
import { TOOLS } from '../identifiers.ts';

/**
 * What each tool may be given. package.json has these as JSON Schema (manifest.ts): VS Code shows that to models but
 * does not check inputs by it.
 */

/** Stages that a model may start. */
type AgentStage = { [S in Stage]: (typeof STAGES)[S]['agents'] extends true ? S : never }[Stage];

export const AGENT_STAGES = STAGE_NAMES.filter((stage) => stageEntry(stage).agents) as [
  AgentStage,
  ...AgentStage[],
];

/** "denoise, fine-tune and evaluate": the stages for which something holds. */
function stagesWhere(holds: (stage: AgentStage) => boolean): string {
  const names = AGENT_STAGES.filter(holds);
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ');
}

const takes = (option: keyof StageOptions) => (stage: Stage) => optionNames(stage).includes(option);
const isAbout = (use: ConceptUse) => (stage: Stage) => stageEntry(stage).concept === use;

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
    .enum(AGENT_STAGES)
    .describe(
      'What to run. A project goes through prepare (image pairs), train-base, collect (the zoo of LoRA weights) and train-generator (the weight generator), and then, for each new concept, through denoise, fine-tune and evaluate. quickstart does all of these.',
    ),
  project,
  training,
  concept: conceptName
    .describe(
      `Name of the concept. Required for ${stagesWhere(isAbout('required'))}; optional for ${stagesWhere(isAbout('optional'))}, which it limits to one concept; not allowed otherwise.`,
    )
    .optional(),
  seed: z
    .int()
    .min(SEED.min)
    .max(SEED.max)
    .describe(
      `Overrides the training config's seed. Not allowed for ${stagesWhere((stage) => !takes('seed')(stage))}.`,
    )
    .optional(),
  steps: z
    .int()
    .min(STEPS.min)
    .max(STEPS.max)
    .describe(
      `Overrides the training config's number of steps. Only allowed for ${stagesWhere(takes('steps'))}.`,
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

/** By the tool's name. */
export const TOOL_INPUTS: Readonly<Record<(typeof TOOLS)[keyof typeof TOOLS], z.ZodType>> = {
  [TOOLS.listConcepts]: listConceptsInput,
  [TOOLS.validateProject]: validateProjectInput,
  [TOOLS.describeRun]: describeRunInput,
  [TOOLS.startRun]: startRunInput,
  [TOOLS.weightStatistics]: weightStatisticsInput,
};

export type StartRunInput = z.infer<typeof startRunInput>;
export type WeightStatisticsInput = z.infer<typeof weightStatisticsInput>;

/** @throws UserError that lists each invalid key and the values it accepts */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = safeParse(schema, input);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new UserError('bad-option-value', `The tool's input is invalid. ${mistakes.join('. ')}.`);
}
