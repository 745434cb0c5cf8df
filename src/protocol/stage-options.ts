/** Options that several stages take, and limits that the training config shares. */
import type { StageOption } from './stage-entry.ts';

/** Most sets of weights to draw for one prompt, from different seeds. */
export const MOST_DRAWS = 64;

/** Seed for what a stage draws itself. */
export const SEED = {
  type: 'integer',
  placeholder: 'n',
  min: 0,
  max: 2 ** 31 - 1,
  help: 'seed, overriding the config',
} as const satisfies StageOption;

/** Limits of the shorter side that a picture may have for the network, in pixels. */
export const PICTURE_SIDE = { min: 16, max: 4096 } as const;

export const STEPS = {
  type: 'integer',
  placeholder: 'n',
  min: 0,
  max: 10_000_000,
  help: 'number of steps, overriding the config',
} as const satisfies StageOption;
