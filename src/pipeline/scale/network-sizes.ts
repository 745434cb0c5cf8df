import type { BlockSplitter } from '../../data/blocks.ts';
import { Vocabulary } from '../../data/text.ts';
import type { WeightDenoiser } from '../../models/weight-denoiser.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { NetworkSizes } from '../../protocol/network-sizes.ts';
import { splitterFor } from '../weight-generator/weight-codec.ts';
import { denoiserFor } from '../weight-generator/weight-generator.ts';
import { type BaseNetworks, baseNetworks } from '../weights/base-model.ts';

export interface TrainingNetworks extends BaseNetworks {
  /** Cuts what is diffused into blocks. */
  readonly splitter: BlockSplitter;
  readonly denoiser: WeightDenoiser;
}

/**
 * Every network of a training config, none of them traced.
 * @throws UserError where sizes do not fit each other
 */
export function trainingNetworks(project: Project, training: LoadedTraining): TrainingNetworks {
  const networks = baseNetworks(training);
  const { weightGenerator } = training.config;
  const splitter = splitterFor(networks.lora.manifest, weightGenerator);
  const vocabulary = Vocabulary.ofPrompts(zooConcepts(project, training).map(({ prompt }) => prompt));
  return { ...networks, splitter, denoiser: denoiserFor(weightGenerator, { vocabulary, splitter }) };
}

/** @throws UserError as `trainingNetworks` does */
export function networkSizes(project: Project, training: LoadedTraining): NetworkSizes {
  const { generator, discriminator, lora, denoiser, splitter } = trainingNetworks(project, training);
  return {
    generator: generator.layout.size,
    discriminator: discriminator.layout.size,
    lora: lora.layout.size,
    denoiser: denoiser.layout.size,
    blocks: splitter.count,
    blockSize: splitter.blockSize,
  };
}
