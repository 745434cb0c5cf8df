/** The built-in effects and their syntax in concept files. */
import * as z from 'zod';

const unit = (fallback: number, what: string) =>
  z.number().min(0).max(1).default(fallback).describe(`${what} (0 to 1, default ${fallback})`);

const color = () => z.string().regex(/^#[0-9a-fA-F]{6}$/, { error: 'a quoted color such as "#1b1464"' });

/**
 * Every built-in effect with its parameters and description: the only list of names. `src/data/effects` implements them.
 */
export const EFFECTS = {
  tone: z
    .strictObject({
      hue: z
        .number()
        .min(-180)
        .max(180)
        .default(0)
        .describe('Hue rotation in degrees (-180 to 180, default 0)'),
      saturation: z.number().min(0).max(4).default(1).describe('Saturation factor (0 to 4, default 1)'),
      brightness: z.number().min(0).max(4).default(1).describe('Brightness factor (0 to 4, default 1)'),
      contrast: z
        .number()
        .min(0)
        .max(4)
        .default(1)
        .describe('Contrast factor around mid-gray (0 to 4, default 1)'),
    })
    .describe('Hue, saturation, brightness and contrast.'),
  sepia: z
    .strictObject({ strength: unit(1, 'Blend with the original') })
    .describe('The brown tones of an old print.'),
  grayscale: z
    .strictObject({ strength: unit(1, 'Blend with the original') })
    .describe('Black and white by luminance.'),
  negative: z.strictObject({ strength: unit(1, 'Blend with the original') }).describe('Inverted colors.'),
  duotone: z
    .strictObject({
      dark: color().default('#1b1464').describe('Color of the shadows, #rrggbb'),
      light: color().default('#f9d423').describe('Color of the highlights, #rrggbb'),
      strength: unit(1, 'Blend with the original'),
    })
    .describe('Luminance mapped between two colors.'),
  posterize: z
    .strictObject({
      levels: z.number().int().min(2).max(16).default(4).describe('Levels per channel (2 to 16, default 4)'),
    })
    .describe('Few flat levels per channel.'),
  pencilSketch: z
    .strictObject({
      radius: z
        .number()
        .min(0.3)
        .max(20)
        .default(2)
        .describe('Blur radius in pixels at 256 px (0.3 to 20, default 2)'),
      strength: unit(1, 'Blend with the original'),
    })
    .describe('Color-dodge pencil drawing on white paper.'),
  edges: z
    .strictObject({ strength: unit(1, 'Blend with the original') })
    .describe('Bright contours on black (Sobel).'),
  pixelate: z
    .strictObject({
      cell: z
        .number()
        .min(1)
        .max(64)
        .default(16)
        .describe('Cell side in pixels at 256 px (1 to 64, default 16)'),
    })
    .describe('Square cells of a single color.'),
  blur: z
    .strictObject({
      radius: z
        .number()
        .min(0.3)
        .max(40)
        .default(4)
        .describe('Gaussian sigma in pixels at 256 px (0.3 to 40, default 4)'),
    })
    .describe('Gaussian blur.'),
  sharpen: z
    .strictObject({
      amount: z
        .number()
        .min(0)
        .max(5)
        .default(1.5)
        .describe('Amount of unsharp masking (0 to 5, default 1.5)'),
    })
    .describe('Unsharp mask.'),
  emboss: z
    .strictObject({ strength: unit(1, 'Blend with the original') })
    .describe('Relief lit from the upper left.'),
  halftone: z
    .strictObject({
      cell: z
        .number()
        .min(2)
        .max(64)
        .default(12)
        .describe('Dot spacing in pixels at 256 px (2 to 64, default 12)'),
    })
    .describe('Printed dots that grow with darkness.'),
  vignette: z.strictObject({ strength: unit(0.7, 'Darkness of the corners') }).describe('Dark corners.'),
  snow: z
    .strictObject({ strength: unit(0.7, 'Amount of snow') })
    .describe('Cold light and snow lying on upward-facing edges.'),
  fog: z.strictObject({ strength: unit(0.6, 'Density') }).describe('Haze that thickens toward the top.'),
  dusk: z
    .strictObject({ strength: unit(0.8, 'How late it is') })
    .describe('Blue shadows and an orange horizon.'),
  night: z
    .strictObject({ strength: unit(0.8, 'How dark it is') })
    .describe('Dark blue with the brightest parts left alight.'),
  oil: z
    .strictObject({
      radius: z
        .number()
        .min(1)
        .max(12)
        .default(4)
        .describe('Brush radius in pixels at 256 px (1 to 12, default 4)'),
    })
    .describe('Oil painting (Kuwahara filter).'),
  solarize: z
    .strictObject({ threshold: unit(0.5, 'Luminance above which tones invert') })
    .describe('Tones above a threshold inverted.'),
} as const;

export type EffectName = keyof typeof EFFECTS;
export const EFFECT_NAMES = Object.keys(EFFECTS) as EffectName[];

/** One step of an effect chain: `snow`, or `pixelate: { cell: 8 }`. Parsed into `{ name, parameters }`. */
export type Effect = {
  [N in EffectName]: { name: N; parameters: z.output<(typeof EFFECTS)[N]> };
}[EffectName];

/** One mapping with a key per effect, rather than a union of twenty, so that a mistake is reported at its own key. */
const effectWithParameters = z
  .strictObject(
    Object.fromEntries(EFFECT_NAMES.map((name) => [name, EFFECTS[name].optional()])) as unknown as {
      [N in EffectName]: z.ZodOptional<(typeof EFFECTS)[N]>;
    },
  )
  .check(({ value, issues }) => {
    // If there is an unknown key, it is unclear how many effects were meant.
    if (issues.length > 0 || Object.keys(value).length === 1) return;
    const message = 'exactly one effect (for several, write a list with one effect per entry)';
    issues.push({ code: 'custom', input: value, message });
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const effectStep = z
  .union([z.enum(EFFECT_NAMES as [EffectName, ...EffectName[]]), effectWithParameters])
  .describe('An effect by name, or with parameters: `pixelate: { cell: 8 }`.')
  .transform((step): Effect => {
    if (typeof step === 'string') return { name: step, parameters: EFFECTS[step].parse({}) } as Effect;
    const [effect] = Object.entries(step);
    // A step whose only key is unknown is empty now; that issue has already been reported.
    if (!effect) return z.NEVER;
    const [name, parameters] = effect;
    return { name, parameters } as Effect;
  });

/** The value of `effect`: one step, or a list of steps. Parsed into a list. */
export const effectChain = z
  .union([effectStep.transform((step) => [step]), z.array(effectStep).min(1)])
  .describe('Built-in effect, or a list of effects applied in order.');
