import type { BlockSplitter } from '../../data/blocks.ts';
import type { WeightDenoiser } from '../../models/weight-denoiser.ts';
import type { LoadedTraining, Project } from '../../project/project.ts';
import { zooConcepts } from '../../project/selection.ts';
import type { NetworkSizes } from '../../protocol/network-sizes.ts';
import { denoiserFor } from '../weight-generator/generator-file.ts';
import { splitterFor } from '../weight-generator/weight-codec.ts';
import { type BaseNetworks, baseNetworks } from '../weights/base-model.ts';
import { promptEncoderFor } from '../weights/prompt-encoders.ts';

export interface TrainingNetworks extends BaseNetworks {
  /** Splits what is diffused into blocks. */
  readonly splitter: BlockSplitter;
  readonly denoiser: WeightDenoiser;
}

/**
 * Every network of a training config, without tracing them.
 * @throws UserError if sizes do not fit each other
 */
export async function trainingNetworks(
  project: Project,
  training: LoadedTraining,
): Promise<TrainingNetworks> {
  const networks = baseNetworks(training);
  const { weightGenerator } = training.config;
  const splitter = splitterFor(networks.lora.manifest, weightGenerator);
  const prompts = zooConcepts(project, training).map(({ prompt }) => prompt);
  const encoder = await promptEncoderFor(training.config).fit(prompts);
  return { ...networks, splitter, denoiser: denoiserFor(weightGenerator, { encoder, splitter }) };
}

/** Numbers of trained values of a training config's networks. @throws UserError as `trainingNetworks` does */
export async function networkSizes(project: Project, training: LoadedTraining): Promise<NetworkSizes> {
  const { generator, discriminator, lora, denoiser, splitter } = await trainingNetworks(project, training);
  return {
    generator: generator.layout.size,
    discriminator: discriminator.layout.size,
    lora: lora.layout.size,
    denoiser: denoiser.layout.size,
    blocks: splitter.count,
    blockSize: splitter.blockSize,
  };
}
