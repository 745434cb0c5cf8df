/** What a program and its threads that apply effects tell each other. */
import type { Effect } from '../../project/schema/effects.ts';
import type { Image } from '../image-values.ts';

/** What a thread is sent: one image. */
export interface EffectJob {
  readonly image: Image;
  readonly effects: readonly Effect[];
}

/** What a thread answers: the edited image's values, or what went wrong. */
export type EffectOutcome = { readonly data: Float32Array } | { readonly error: string };
