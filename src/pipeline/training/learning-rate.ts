/** How a learning rate rises and falls over a training: `schedule` and `warmup` in the training config. */
export interface LearningRateSchedule {
  readonly schedule: 'constant' | 'linear' | 'cosine';
  /** Number of first steps over which the rate rises linearly. */
  readonly warmup: number;
}

/** How the learning rates of a GAN change over its training. */
export interface GanSchedule extends LearningRateSchedule {
  readonly steps: number;
  /** Learning rate at the schedule's maximum. */
  readonly learningRate: number;
  readonly discriminatorLearningRate: number;
  /** Number of steps from one update of the discriminator to the next. */
  readonly discriminatorEvery: number;
}

/** Learning rates of a 0-based step; the discriminator's is 0 in steps that do not update it. */
export function ganLearningRates(
  settings: GanSchedule,
  step: number,
): { readonly generator: number; readonly discriminator: number } {
  const factor = learningRateFactor(settings, step, settings.steps);
  return {
    generator: factor * settings.learningRate,
    discriminator: step % settings.discriminatorEvery === 0 ? factor * settings.discriminatorLearningRate : 0,
  };
}

/**
 * Factor in (0, 1] on the learning rate of one step: `linear` is constant for the first half and then falls linearly
 * (Pix2pix: 100 epochs constant, 100 falling), `cosine` falls from the first step on (Loshchilov
 * and Hutter 2017, without restarts).
 * @param step 0-based, below `steps`
 */
export function learningRateFactor(
  { schedule, warmup }: LearningRateSchedule,
  step: number,
  steps: number,
): number {
  return Math.min(1, (step + 1) / (warmup + 1)) * decay(schedule, step, steps);
}

function decay(schedule: LearningRateSchedule['schedule'], step: number, steps: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear': {
      const half = Math.floor(steps / 2);
      return step < half ? 1 : (steps - step) / (steps - half);
    }
    case 'cosine':
      return 0.5 * (1 + Math.cos((Math.PI * step) / steps));
  }
}
