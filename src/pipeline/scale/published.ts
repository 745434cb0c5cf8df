/** Published values for the numbers that a training config comes to. */
import { isDeepStrictEqual } from 'node:util';
import { e2ganRanks, PRESETS } from '../../project/schema/presets.ts';
import { type TrainingConfig, trainingSchema } from '../../project/schema/training-schema.ts';

/** A published number. */
export interface Published {
  readonly value: number;
  /** The publication, and remarks on the number. */
  readonly source: string;
}

/** E2GAN's numbers of trained values, by the scale of `e2ganRanks`. */
const LORA_VALUES = { 1: 0.056e6, 2: 0.092e6, 4: 0.164e6 } as const;

const PUBLISHED = {
  loraValues: (scale: keyof typeof LORA_VALUES) => ({
    value: LORA_VALUES[scale],
    source: `E2GAN, figure of the ranks${scale === 2 ? ', searched' : `, scale ${scale}`}`,
  }),
  discriminator: { value: 2.765e6, source: "Pix2pix's code, for one image without its source" },
  pix2pix: { value: 11.378e6, source: "Pix2pix's code, ResNet with 9 blocks" },
  imageSide: { value: 256, source: 'E2GAN' },
  trainingImages: { value: 400, source: 'E2GAN, as quoted by a third-party reproduction' },
  blockSize: { value: 256, source: 'DNW, table of block sizes' },
  denoisingSteps: { value: 1, source: 'DNW' },
  epochs: {
    fineTune: { value: 20, source: 'DNW, figure of the curves' },
    lora: { value: 100, source: 'DNW, figure of the curves, E2GAN' },
    pix2pix: { value: 200, source: 'DNW, figure of the curves' },
  },
  // Pix2pix's number is read from a bar; the LoRA's is derived from the published ratio.
  flop: {
    lora: { value: 2e15, source: 'E2GAN, figure: a 14th of Pix2pix' },
    pix2pix: { value: 2.8e16, source: 'E2GAN, figure, read from a bar' },
  },
} as const;

/** The published numbers for a config like this one; undefined where none is published. */
export function publishedScale(config: TrainingConfig) {
  const like = likePaper(config);
  const when = <T>(isLike: boolean, published: T): T | undefined => (isLike ? published : undefined);
  const network = like('image.size', 'generator');
  const scale = ([1, 2, 4] as const).find((of) => isDeepStrictEqual(config.lora.ranks, e2ganRanks(of)));
  const pix2pixNetwork = like('evaluate.scratch.channels', 'evaluate.scratch.blocks');
  return {
    imageSide: when(network, PUBLISHED.imageSide),
    trainingImages: when(network, PUBLISHED.trainingImages),
    loraValues: when(network && like('lora.train'), PUBLISHED.loraValues(scale ?? 2)),
    discriminator: when(like('discriminator.channels', 'discriminator.layers'), PUBLISHED.discriminator),
    pix2pix: when(pix2pixNetwork, PUBLISHED.pix2pix),
    blockSize: when(network, PUBLISHED.blockSize),
    denoisingSteps: when(network, PUBLISHED.denoisingSteps),
    epochs: {
      fineTune: when(network, PUBLISHED.epochs.fineTune),
      lora: when(network, PUBLISHED.epochs.lora),
      pix2pix: when(like('image.size') && pix2pixNetwork, PUBLISHED.epochs.pix2pix),
    },
    flop: {
      lora: when(
        network && scale === 2 && like('discriminator', 'image', 'collect.steps', 'collect.batchSize'),
        PUBLISHED.flop.lora,
      ),
      pix2pix: when(like('discriminator', 'image', 'evaluate.scratch'), PUBLISHED.flop.pix2pix),
    },
  };
}

/** A function that tells whether keys of the config, given as `section.key`, have the values of the preset `paper`. */
function likePaper(config: TrainingConfig): (...keys: readonly string[]) => boolean {
  const paper = trainingSchema.parse(PRESETS.paper);
  return (...keys) => keys.every((key) => isDeepStrictEqual(valueAt(config, key), valueAt(paper, key)));
}

function valueAt(config: TrainingConfig, key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], config);
}
