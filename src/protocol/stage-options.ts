/** Options that several stages take, and limits that the training config has as well. */
import type { StageOption } from './stage-entry.ts';

/** Most sets of weights that are drawn for one prompt, from different seeds. */
export const MOST_DRAWS = 64;

/** Of what a stage draws itself. */
export const SEED = {
  type: 'integer',
  placeholder: 'n',
  min: 0,
  max: 2 ** 31 - 1,
  help: "seed, instead of the config's",
} as const satisfies StageOption;

export const STEPS = {
  type: 'integer',
  placeholder: 'n',
  min: 0,
  max: 10_000_000,
  help: "steps, instead of the config's",
} as const satisfies StageOption;
