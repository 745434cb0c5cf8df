/** The program of a thread of `EffectThreads`: applies effects to one image after the other. */
import { parentPort } from 'node:worker_threads';
import { applyEffects } from './apply.ts';
import type { EffectJob, EffectOutcome } from './effect-messages.ts';

const port = parentPort!;
port.on('message', ({ image, effects }: EffectJob) => {
  try {
    const { data } = applyEffects(image, effects);
    // Without effects, it is the image that was sent, which nobody else has.
    port.postMessage({ data } satisfies EffectOutcome, [data.buffer as ArrayBuffer]);
  } catch (error) {
    port.postMessage({ error: (error as Error).stack ?? String(error) } satisfies EffectOutcome);
  }
});
