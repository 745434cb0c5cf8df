import type { Effect } from '../../project/schema/effects.ts';
import type { Image } from '../image-values.ts';

/** What a thread of `EffectThreads` is sent: one image. It answers with the edited image's values. */
export interface EffectJob {
  readonly image: Image;
  readonly effects: readonly Effect[];
}
