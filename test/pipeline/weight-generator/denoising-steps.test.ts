import { expect, test } from 'vitest';
import { checkDenoisingSteps } from '../../../src/pipeline/weight-generator/weight-sampler.ts';
import { trainingSchema } from '../../../src/project/schema/training-schema.ts';
import { UserError } from '../../../src/project/user-error.ts';

const config = trainingSchema.parse({ weightGenerator: { timesteps: 50 } }).weightGenerator;

test.each([0, -1, 51, 1.5])('%d denoising steps of 50 timesteps are refused, naming the key', (steps) => {
  const message = `${steps} denoising steps: with weightGenerator.timesteps 50, use 1 to 50.`;
  expect(() => checkDenoisingSteps(steps, config)).toThrow(new UserError('bad-option-value', message));
});

test.each([1, 50])('%d denoising steps of 50 timesteps are taken', (steps) => {
  expect(() => checkDenoisingSteps(steps, config)).not.toThrow();
});
