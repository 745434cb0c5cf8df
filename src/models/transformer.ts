import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '../compute/tfjs/tf.ts';
import { fanInNormal } from './initializers.ts';
import { attend, gelu } from './layers.ts';
import type { Layer, NetworkBuilder, NetworkTensors } from './network-builder.ts';

/** Token embeddings of a batch of prompts. */
export interface PromptContext {
  /** [N, M, contextWidth] */
  readonly tokens: Tensor3D;
  /** [N, M], 1 for tokens and 0 for padding; at least one 1 per row. */
  readonly mask: Tensor2D;
}

export interface TransformerOptions {
  readonly width: number;
  /** Number of attention heads, a divisor of `width`. */
  readonly heads: number;
  /** Width of the prompt's token embeddings; if absent, there is no cross-attention. */
  readonly contextWidth?: number;
  /** Part of the network, if LoRA can adapt the block. */
  readonly section?: string;
}

/** Hidden width of the gated MLP divided by that of its input, as in latent diffusion's transformer. */
const MLP_EXPANSION = 4;

/**
 * Declares a transformer block with layer norm before each part: self-attention, cross-attention to the prompt if there is
 * one, and a GEGLU MLP (Shazeer 2020), each added to its input. It maps [N, T, width] to the same shape.
 */
export function declareTransformer(
  network: NetworkBuilder,
  name: string,
  { width, heads, contextWidth, section }: TransformerOptions,
): (tensors: NetworkTensors, x: Tensor3D, prompt?: PromptContext) => Tensor3D {
  const options = section ? { section } : {};
  const attentionNorm = network.layerNorm(`${name}.attentionNorm`, width);
  const attention = declareAttention(network, `${name}.attention`, {
    width,
    heads,
    keyWidth: width,
    ...options,
  });
  const promptNorm = contextWidth ? network.layerNorm(`${name}.promptNorm`, width) : undefined;
  const promptAttention = contextWidth
    ? declareAttention(network, `${name}.promptAttention`, {
        width,
        heads,
        keyWidth: contextWidth,
        ...options,
      })
    : undefined;
  const mlpNorm = network.layerNorm(`${name}.mlpNorm`, width);
  const hidden = MLP_EXPANSION * width;
  const mlpIn: Layer<Tensor3D> = network.linear(`${name}.mlp.in`, {
    inputs: width,
    outputs: 2 * hidden,
    ...options,
  });
  const mlpOut: Layer<Tensor3D> = network.linear(`${name}.mlp.out`, {
    inputs: hidden,
    outputs: width,
    ...options,
  });
  return (tensors, x, prompt) => {
    const normal = attentionNorm(tensors, x);
    let y: Tensor3D = tf.add(x, attention(tensors, normal, normal));
    if (promptAttention && promptNorm) {
      if (!prompt) throw new Error(`${name} attends to a prompt but got none`);
      y = tf.add(y, promptAttention(tensors, promptNorm(tensors, y), prompt.tokens, prompt.mask));
    }
    const [gate, value] = tf.split(mlpIn(tensors, mlpNorm(tensors, y)), 2, 2);
    return tf.add(y, mlpOut(tensors, tf.mul<Tensor3D>(gelu(gate!), value!)));
  };
}

function declareAttention(
  network: NetworkBuilder,
  name: string,
  options: { width: number; heads: number; keyWidth: number; section?: string },
): (tensors: NetworkTensors, x: Tensor3D, context: Tensor3D, mask?: Tensor2D) => Tensor3D {
  const { width, heads, keyWidth, ...section } = options;
  const project = (part: string, inputs: number, bias: boolean): Layer<Tensor3D> =>
    network.linear(`${name}.${part}`, {
      inputs,
      outputs: width,
      bias,
      weight: fanInNormal(inputs),
      ...section,
    });
  const query = project('query', width, false);
  const key = project('key', keyWidth, false);
  const value = project('value', keyWidth, false);
  const out = project('out', width, true);
  return (tensors, x, context, mask) =>
    out(tensors, attend(query(tensors, x), key(tensors, context), value(tensors, context), heads, mask));
}
