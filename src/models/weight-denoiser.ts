import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import type { ParameterLayout, Tensors } from '../compute/types.ts';
import { blockLengthMultiple } from '../project/schema/network-limits.ts';
import { UserError } from '../project/user-error.ts';
import { type Initializer, normal, ones, zeros } from './initializers.ts';
import { lookUp, normalize, silu } from './layers.ts';
import { type Layer, NetworkBuilder, type NetworkTensors } from './network-builder.ts';
import { frequencies } from './sinusoidal.ts';
import { declareTransformer, type PromptContext } from './transformer.ts';

export interface DenoiserOptions {
  /** Weights per block, a multiple of 4 x patch. */
  readonly blockSize: number;
  /** Number of blocks of one set of weights: the range of the block index. */
  readonly blockCount: number;
  /** Channels of the first level, a multiple of `heads`; doubled at each of the next two levels. */
  readonly channels: number;
  readonly heads: number;
  /** Number of neighboring weights that are folded into channels before the U-Net. */
  readonly patch: number;
  /** Width of the timestep, block and token embeddings. */
  readonly embedding: number;
  /** Number of rows of the token table, which is trained with the network (`PromptEncoder.tableRows`). */
  readonly vocabularySize: number;
  /** Number of tokens of an encoded prompt. */
  readonly maxTokens: number;
}

export interface DenoiserInputs {
  /** [B, blockSize], noisy and standardized. */
  readonly blocks: Tensor2D;
  /** int32 [B], index of each block. */
  readonly blockIndex: Tensor1D;
  /** [B] in [0, 1]: 0 clean, 1 pure noise. */
  readonly timestep: Tensor1D;
  /** int32 [B, M], rows of the token table. */
  readonly tokens: Tensor2D;
  /** [B, M], 1 for tokens and 0 for padding; at least one 1 per row. */
  readonly tokenMask: Tensor2D;
}

/** The weight generator's network: a pure function of its parameters, noisy blocks and their conditions. */
export interface WeightDenoiser {
  readonly options: DenoiserOptions;
  readonly layout: ParameterLayout;
  initial(seed: number): Float32Array;
  /** Predicts x0 or v for each block: [B, blockSize]. */
  apply(parameters: Tensors, inputs: DenoiserInputs): Tensor2D;
}

/** Timesteps in [0, 1] are embedded as if they ranged from 0 to this number. */
const EMBEDDED_TIMESTEPS = 1000;

type Conditioned = (tensors: NetworkTensors, x: Tensor3D, condition: Tensor2D) => Tensor3D;
type Attending = (tensors: NetworkTensors, x: Tensor3D, prompt: PromptContext) => Tensor3D;

/**
 * Builds the paper's one-dimensional U-Net (figure of the weight generator). Downsampling path: ResBlock and transformer,
 * ResBlock and transformer, ResBlock. One transformer is in the middle. The upsampling path mirrors the downsampling path,
 * with skips. The sum of the block index and timestep embeddings enters every ResBlock, the prompt's tokens enter every
 * transformer.
 *
 * Not published, and chosen here: widths; folding of neighbors into channels; learned positions within a block and a learned
 * output bias for each block, because the position of a weight matters and convolutions alone do not know it.
 * @throws UserError if the sizes do not fit together
 */
export function createWeightDenoiser(options: DenoiserOptions): WeightDenoiser {
  checkSizes(options);
  const { blockSize, blockCount, channels, heads, patch, embedding, vocabularySize } = options;
  const network = new NetworkBuilder();
  const length = blockSize / patch;
  const [first, second, third] = [channels, 2 * channels, 4 * channels] as const;

  const residual = (name: string, inputs: number, outputs: number): Conditioned =>
    declareResidual(network, name, { inputs, outputs, embedding });
  const attention = (name: string, width: number): Attending =>
    declareTransformer(network, name, { width, heads, contextWidth: embedding });
  const linear = (name: string, inputs: number, outputs: number): Layer<Tensor3D> =>
    network.linear(name, { inputs, outputs });

  const timestepIn: Layer<Tensor2D> = network.linear('timestep.in', {
    inputs: embedding,
    outputs: embedding,
  });
  const timestepOut: Layer<Tensor2D> = network.linear('timestep.out', {
    inputs: embedding,
    outputs: embedding,
  });
  const small = normal(1 / Math.sqrt(embedding));
  const blockTable = network.parameter<Tensor2D>('block.table', [blockCount, embedding], small);
  const blockBias = network.parameter<Tensor2D>('block.bias', [blockCount, blockSize], zeros);
  const tokenTable = network.parameter<Tensor2D>('prompt.table', [vocabularySize, embedding], small);

  const stem = declareConvolution(network, 'stem', patch, first);
  // The name is stored in files, and seeds the initial values.
  const positions = network.parameter<Tensor2D>('places', [length, first], normal(1 / Math.sqrt(first)));
  const down1 = residual('down1.residual', first, first);
  const down1Attention = attention('down1.transformer', first);
  const shrink1 = linear('down1.shrink', 2 * first, second);
  const down2 = residual('down2.residual', second, second);
  const down2Attention = attention('down2.transformer', second);
  const shrink2 = linear('down2.shrink', 2 * second, third);
  const down3 = residual('down3.residual', third, third);
  const middle = attention('middle.transformer', third);
  const up3 = residual('up3.residual', 2 * third, third);
  const grow2 = linear('up2.grow', third, 2 * second);
  const up2 = residual('up2.residual', 2 * second, second);
  const up2Attention = attention('up2.transformer', second);
  const grow1 = linear('up1.grow', second, 2 * first);
  const up1 = residual('up1.residual', 2 * first, first);
  const up1Attention = attention('up1.transformer', first);
  const headNorm = declareNorm(network, 'head.norm', first);
  const head = declareConvolution(network, 'head', first, patch, zeros);

  return {
    options,
    layout: network.layout(),
    initial: (seed) => network.initial(seed),
    apply: (parameters, { blocks, blockIndex, timestep, tokens, tokenMask }) => {
      const tensors = { parameters };
      const count = blocks.shape[0];
      const block = oneHotRows(blockIndex, blockCount); // [B, blockCount]
      const time = timestepOut(tensors, silu(timestepIn(tensors, embedTimestep(timestep, embedding))));
      const condition = silu(tf.add(time, tf.matMul(block, blockTable(tensors))) as Tensor2D); // [B, E]
      const prompt = { tokens: lookUp(tokenTable(tensors), tokens), mask: tokenMask };

      let x = stem(tensors, tf.reshape(blocks, [count, length, patch]));
      x = tf.add(x, positions(tensors));
      const skip1 = down1Attention(tensors, down1(tensors, x, condition), prompt); // [B, L, C]
      x = shrink1(tensors, tf.reshape(skip1, [count, length / 2, 2 * first]));
      const skip2 = down2Attention(tensors, down2(tensors, x, condition), prompt); // [B, L/2, 2C]
      x = shrink2(tensors, tf.reshape(skip2, [count, length / 4, 2 * second]));
      const skip3 = down3(tensors, x, condition); // [B, L/4, 4C]
      x = middle(tensors, skip3, prompt);
      x = up3(tensors, tf.concat([x, skip3], 2), condition);
      x = tf.reshape(grow2(tensors, x), [count, length / 2, second]);
      x = up2Attention(tensors, up2(tensors, tf.concat([x, skip2], 2), condition), prompt);
      x = tf.reshape(grow1(tensors, x), [count, length, first]);
      x = up1Attention(tensors, up1(tensors, tf.concat([x, skip1], 2), condition), prompt);
      const y = head(tensors, silu(headNorm(tensors, x))); // [B, L, patch]
      return tf.add(tf.reshape(y, [count, blockSize]), tf.matMul(block, blockBias(tensors)));
    },
  };
}

function checkSizes({ blockSize, channels, heads, patch }: DenoiserOptions): void {
  const multiple = blockLengthMultiple(patch);
  if (blockSize % multiple !== 0) {
    throw new UserError(
      'impossible-size',
      `weightGenerator.blockSize: ${blockSize} is not a multiple of ${multiple} (4 x weightGenerator.patch), ` +
        `which the U-Net's two strides require. Use ${Math.ceil(blockSize / multiple) * multiple}.`,
    );
  }
  if (channels % heads !== 0) {
    throw new UserError(
      'impossible-size',
      `weightGenerator.heads: ${heads} does not divide weightGenerator.channels (${channels}). Use a divisor of it.`,
    );
  }
}

/** Rows of the identity matrix, [B, count]. tfjs does not support a single column, so one block is a special case. */
function oneHotRows(index: Tensor1D, count: number): Tensor2D {
  const rows = tf.cast(tf.oneHot(index, Math.max(2, count)), 'float32') as Tensor2D;
  return count === 1 ? tf.slice(rows, [0, 0], [-1, 1]) : rows;
}

/** Sinusoidal embedding of timesteps [B] in [0, 1]: [B, width]. */
function embedTimestep(timestep: Tensor1D, width: number): Tensor2D {
  const half = Math.floor(width / 2);
  const frequency = tf.tensor2d(
    frequencies(half).map((value) => value * EMBEDDED_TIMESTEPS),
    [1, half],
  );
  const angle: Tensor2D = tf.mul(tf.reshape(timestep, [timestep.shape[0], 1]), frequency);
  const pair = tf.concat([tf.cos(angle), tf.sin(angle)], 1);
  return width % 2 === 0
    ? pair
    : tf.pad(pair, [
        [0, 0],
        [0, 1],
      ]);
}

/**
 * Declares a ResBlock with adaptive group norm (Dhariwal and Nichol 2021): norm, SiLU, convolution; norm that the condition
 * scales and shifts, SiLU, convolution; the result is added to the input.
 */
function declareResidual(
  network: NetworkBuilder,
  name: string,
  { inputs, outputs, embedding }: { inputs: number; outputs: number; embedding: number },
): Conditioned {
  const firstNorm = declareNorm(network, `${name}.firstNorm`, inputs);
  const first = declareConvolution(network, `${name}.first`, inputs, outputs);
  const modulation: Layer<Tensor2D> = network.linear(`${name}.modulation`, {
    inputs: embedding,
    outputs: 2 * outputs,
  });
  const secondNorm = declareNorm(network, `${name}.secondNorm`, outputs);
  const second = declareConvolution(network, `${name}.second`, outputs, outputs);
  const project: Layer<Tensor3D> | undefined =
    inputs === outputs ? undefined : network.linear(`${name}.project`, { inputs, outputs });
  return (tensors, x, condition) => {
    const count = x.shape[0];
    const [scale, shift] = tf.split(
      tf.reshape(modulation(tensors, condition), [count, 1, 2 * outputs]),
      2,
      2,
    ) as [Tensor3D, Tensor3D];
    let y = first(tensors, silu(firstNorm(tensors, x)));
    y = tf.add(tf.mul(secondNorm(tensors, y), tf.add(scale, 1)), shift);
    y = second(tensors, silu(y));
    return tf.add(project ? project(tensors, x) : x, y);
  };
}

/** Group norm (Wu and He 2018) with one group: over all positions and channels of a block, then scale and shift. */
function declareNorm(network: NetworkBuilder, name: string, channels: number): Layer<Tensor3D> {
  const scale = network.parameter<Tensor1D>(`${name}.scale`, [channels], ones);
  const shift = network.parameter<Tensor1D>(`${name}.shift`, [channels], zeros);
  return (tensors, x) => tf.add(tf.mul(normalize(x, [1, 2]), scale(tensors)), shift(tensors));
}

/**
 * Convolution with a kernel of 3 along a sequence, with zeros beyond its ends: one product over each position and its two
 * neighbors, which is faster on short sequences than a convolution with its changes of layout.
 */
function declareConvolution(
  network: NetworkBuilder,
  name: string,
  inputs: number,
  outputs: number,
  weight?: Initializer,
): Layer<Tensor3D> {
  const product: Layer<Tensor3D> = network.linear(name, {
    inputs: 3 * inputs,
    outputs,
    ...(weight ? { weight } : {}),
  });
  return (tensors, x) => {
    const length = x.shape[1];
    const padded = tf.pad(x, [
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
    const shifted = (by: number): Tensor3D => tf.slice(padded, [0, by, 0], [-1, length, -1]);
    return product(tensors, tf.concat([shifted(0), x, shifted(2)], 2));
  };
}
