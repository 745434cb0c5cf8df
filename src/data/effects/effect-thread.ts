/** The program of a thread of `EffectThreads`: applies effects to one image after the other. */
import { answerJobs } from '../worker-thread.ts';
import { applyEffects } from './apply.ts';
import type { EffectJob } from './effect-job.ts';

answerJobs(
  // Without effects, it is the image that was sent, which nobody else has.
  ({ image, effects }: EffectJob) => applyEffects(image, effects).data,
  ({ buffer }) => [buffer as ArrayBuffer],
);
