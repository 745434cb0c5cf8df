/**
 * The image generators: the keys of a training config that belong to each, and what the editor knows about a generator
 * without building it. The layers are in src/models/generators.ts, which must not be imported here: the extension host
 * loads no ML. test/models/generators.test.ts compares sections and strides with the layers.
 */
import * as z from 'zod';
import { choice, int } from './schema-values.ts';

/** A value that does not fit the other values, so that the network cannot be built. */
export interface Misfit {
  /** Key of the section `generator`. */
  readonly key: string;
  readonly found: number;
  /** What is wrong, as a sentence. */
  readonly message: string;
  /** Values that would fit, nearest first. */
  readonly fits: readonly number[];
}

interface GeneratorEntry<Options extends z.ZodRawShape> {
  /** The generator in a few words. */
  readonly what: string;
  /** Parts that LoRA can adapt and that ranks are given for, in the order of the layers. */
  readonly sections: readonly string[];
  /** Product of the strides of the downsampling layers: the side of the images has to be a multiple of it. */
  readonly stride: number;
  /**
   * Keys of the section `generator` besides `kind` and `channels`. A key that no generator had before is `.optional()`,
   * with its default in the declaration of the layers: the bases of earlier versions do not have it.
   */
  readonly options: Options;
  readonly misfits?: (options: { channels: number } & z.output<z.ZodObject<Options>>) => Misfit[];
}

function entry<Options extends z.ZodRawShape>({ misfits = () => [], ...rest }: GeneratorEntry<Options>) {
  return { ...rest, misfits };
}

/** Default number of E2GAN's attention heads. */
export const E2GAN_HEADS = 8;
/** Default number of residual blocks of Pix2pix's ResNet. */
export const RESNET_BLOCKS = 9;

const MOST_HEADS = 32;

const norm = choice(['instance', 'none'] as const, 'instance', 'Normalization of the convolutions');

/** Every generator by its name in a config (`generator.kind`); the first one is the default. */
export const GENERATORS = {
  e2gan: entry({
    what: 'e2gan (three residual blocks and a transformer)',
    sections: ['downsample', 'ds', 'transformer', 'us', 'upsample'],
    stride: 8,
    options: {
      transformerHeads: int(1, MOST_HEADS, E2GAN_HEADS, 'Attention heads of the transformer'),
      norm,
      skips: z
        .boolean()
        .default(false)
        .describe(
          'e2gan: add the features of the downsampling path to those of the upsampling path; without this, images are blurred if there are few channels (default false)',
        ),
      stem: z
        .enum(['convolution', 'space-to-depth'])
        .optional()
        .describe(
          'e2gan: how images enter: through a 7 x 7 convolution at full resolution and one that halves the sides, or with every 2 x 2 pixels as the channels of one (space-to-depth), so that nothing is computed at full resolution (default convolution)',
        ),
      head: z
        .enum(['convolution', 'depth-to-space'])
        .optional()
        .describe(
          'e2gan: how images leave: through a transposed convolution to full resolution and a 7 x 7 convolution, or as sub-pixels of a convolution at half the sides (depth-to-space), so that nothing is computed at full resolution (default convolution)',
        ),
      fullResolutionChannels: z
        .number()
        .int()
        .min(2)
        .max(256)
        .optional()
        .describe(
          'e2gan: channels of the layers at full resolution; fewer than `channels` save time and memory if images are large (2 to 256, default: `channels`)',
        ),
      residual: z
        .boolean()
        .optional()
        .describe(
          'e2gan: predict the difference between the edited image and the source image, so that details that the edit keeps bypass the network (default false)',
        ),
    },
    misfits: ({ channels, transformerHeads: heads }) => {
      const width = 4 * channels;
      if (width % heads === 0) return [];
      return [
        {
          key: 'transformerHeads',
          found: heads,
          message: `${heads} attention heads do not divide the transformer's width, ${width} (4 x \`generator.channels\`).`,
          fits: nearestTo(heads, divisors(width, MOST_HEADS)),
        },
      ];
    },
  }),
  resnet: entry({
    what: 'the Pix2pix ResNet',
    sections: ['downsample', 'upsample'],
    stride: 4,
    options: { norm },
  }),
} as const;

export type GeneratorKind = keyof typeof GENERATORS;
export const GENERATOR_KINDS = Object.keys(GENERATORS) as [GeneratorKind, ...GeneratorKind[]];

type Intersection<T> = (T extends unknown ? (of: T) => void : never) extends (of: infer All) => void
  ? All
  : never;

/** Keys of the section `generator` that belong to at least one generator. */
export const GENERATOR_OPTIONS = Object.assign(
  {},
  ...Object.values(GENERATORS).map(({ options }) => options),
) as Intersection<(typeof GENERATORS)[GeneratorKind]['options']>;

/** The sections of all generators. */
export const ALL_SECTIONS: readonly string[] = [
  ...new Set(Object.values(GENERATORS).flatMap(({ sections }) => sections)),
];

/** Divisors of a number up to `max`, ascending. */
export function divisors(n: number, max: number): number[] {
  return Array.from({ length: Math.min(n, max) }, (_, i) => i + 1).filter((d) => n % d === 0);
}

/** Numbers sorted by distance from the wanted one. */
export function nearestTo(wanted: number, numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
}
