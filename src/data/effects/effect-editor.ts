import type { Effect } from '../../project/schema/effects.ts';
import type { ImageEditor } from '../image-editor.ts';
import { applyEffects } from './apply.ts';
import type { EffectThreads } from './effect-threads.ts';

/**
 * The built-in effects as an image editor. Their settings determine the result: the instruction is not read.
 * @param threads where they are computed; without them, on the thread that asks, which is faster for a single image
 */
export function effectEditor(effects: readonly Effect[], threads?: EffectThreads): ImageEditor {
  return {
    identity: async () => undefined,
    load: async () => ({
      device: 'cpu',
      batchSize: 1,
      // Twice as many as threads, so that each finds the next image ready.
      concurrency: threads ? 2 * threads.count : 1,
      edit: (images, _instruction, signal) =>
        Promise.all(
          images.map((image) =>
            threads ? threads.apply(image, effects, signal) : applyEffects(image, effects),
          ),
        ),
      dispose: async () => {},
    }),
  };
}
