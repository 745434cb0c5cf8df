import type { Effect } from '../../project/schema/effects.ts';
import type { ImageEditor } from '../image-editor.ts';
import { applyEffects } from './apply.ts';

/** The built-in effects as an image editor. Their settings determine the result: the instruction is not read. */
export function effectEditor(effects: readonly Effect[]): ImageEditor {
  return {
    identity: async () => undefined,
    load: async () => ({
      device: 'cpu',
      // Effects are computed on this thread: let other work run between images.
      batchSize: 1,
      edit: async (images) => images.map((image) => applyEffects(image, effects)),
      dispose: async () => {},
    }),
  };
}
