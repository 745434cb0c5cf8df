import type { Effect, EffectName } from '../../project/schema/effects.ts';
import type { Image } from '../image-values.ts';
// These files export effects and nothing else, so an effect that is added to one of them is known here.
import * as drawing from './drawing.ts';
import * as focus from './focus.ts';
import * as light from './light.ts';
import * as print from './print.ts';
import * as relief from './relief.ts';
import * as tones from './tones.ts';
import * as weather from './weather.ts';

type ParametersOf<N extends EffectName> = Extract<Effect, { name: N }>['parameters'];

/** The functions of all effects of the concept schema. An effect that no file above exports does not compile. */
const EFFECT_FUNCTIONS: { [N in EffectName]: (image: Image, parameters: ParametersOf<N>) => Image } = {
  ...drawing,
  ...focus,
  ...light,
  ...print,
  ...relief,
  ...tones,
  ...weather,
};

/**
 * Applies effects one after the other, without changing the given image. Deterministic: equal input gives equal output.
 */
export function applyEffects(image: Image, effects: readonly Effect[]): Image {
  return effects.reduce((current, effect) => applyEffect(current, effect), image);
}

function applyEffect<N extends EffectName>(image: Image, effect: Effect & { name: N }): Image {
  // The name determines the type of the parameters, which the compiler cannot follow through a union.
  const apply = EFFECT_FUNCTIONS[effect.name] as (image: Image, parameters: Effect['parameters']) => Image;
  return apply(image, effect.parameters);
}
