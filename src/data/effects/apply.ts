import type { Effect, EffectName } from '../../project/concept-schema.ts';
import type { Image } from '../images.ts';
import { oil, pencilSketch } from './drawing.ts';
import { blur, sharpen } from './focus.ts';
import { dusk, night, vignette } from './light.ts';
import { halftone, pixelate } from './print.ts';
import { edges, emboss } from './relief.ts';
import { duotone, grayscale, negative, posterize, sepia, solarize, tone } from './tones.ts';
import { fog, snow } from './weather.ts';

type ParametersOf<N extends EffectName> = Extract<Effect, { name: N }>['parameters'];

/** Every effect of the concept schema; one that is missing here does not compile. */
const EFFECT_FUNCTIONS: { [N in EffectName]: (image: Image, parameters: ParametersOf<N>) => Image } = {
  tone,
  sepia,
  grayscale,
  negative,
  duotone,
  posterize,
  pencilSketch,
  edges,
  pixelate,
  blur,
  sharpen,
  emboss,
  halftone,
  vignette,
  snow,
  fog,
  dusk,
  night,
  oil,
  solarize,
};

/**
 * Applies the effects one after the other; the image itself is left as it is. Deterministic: equal input
 * gives equal output.
 */
export function applyEffects(image: Image, effects: readonly Effect[]): Image {
  return effects.reduce((current, effect) => applyEffect(current, effect), image);
}

function applyEffect<N extends EffectName>(image: Image, effect: Effect & { name: N }): Image {
  // The name decides the type of the parameters, which the compiler cannot follow through a union.
  const apply = EFFECT_FUNCTIONS[effect.name] as (image: Image, parameters: Effect['parameters']) => Image;
  return apply(image, effect.parameters);
}
