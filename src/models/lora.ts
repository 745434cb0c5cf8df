import type { Tensor } from '@tensorflow/tfjs-core';
import { layoutOf, viewParameters } from '../compute/layout.ts';
import type { ParameterEntry, ParameterLayout, Tensors } from '../compute/types.ts';
import { Random } from '../data/random.ts';
import { UserError } from '../project/user-error.ts';
import type { ImageGenerator } from './image-generator.ts';
import { fanInNormal } from './initializers.ts';
import type { AdaptableLayer, LoraTensors } from './network-builder.ts';

export interface LoraOptions {
  /** Rank of every adaptable layer that `ranks` does not name. */
  readonly rank: number;
  /** Ranks by full layer name or by section; the layer's name takes precedence. Rank 0 leaves the layer out. */
  readonly ranks: Readonly<Record<string, number>>;
  /** With `up`, the down factors are random, the same for every concept, and not trained. */
  readonly train: 'both' | 'up';
  /** Also train an addition to the bias of each adapted layer. */
  readonly bias: boolean;
}

/** One trained tensor of an adapter: its place in the flat vector, and its layer. */
export interface LoraEntry extends ParameterEntry {
  readonly layer: string;
  readonly section: string;
  readonly rank: number;
}

/** Describes a flat LoRA vector without its architecture: all that blocks and statistics need. */
export type LayerManifest = readonly LoraEntry[];

/** Low-rank adaptation (Hu et al. 2021) of layers of one generator, with a scale of 1. */
export interface LoraAdapter {
  readonly options: LoraOptions;
  /** Layout of the trained flat vector, layer by layer. A zoo has one such vector per concept. */
  readonly layout: ParameterLayout;
  /** Layout of the shared down factors if `train` is `up`; empty otherwise. */
  readonly frozenLayout: ParameterLayout;
  readonly manifest: LayerManifest;
  /** Initial values: down factors with variance 1 / fan-in, up factors and biases 0, so the adapted generator is the base. */
  initial(seed: number): { trained: Float32Array; frozen: Float32Array };
  /** The branches for `ImageGenerator.apply`. */
  tensors(trained: Tensors, frozen: Tensors): LoraTensors;
  /**
   * Merges the branches into the generator's values. The result gives the same images as the branches, up to rounding.
   * @throws Error if a vector does not have the length of its layout
   */
  merge(generatorValues: Float32Array, trained: Float32Array, frozen: Float32Array): Float32Array;
}

interface AdaptedLayer extends AdaptableLayer {
  readonly rank: number;
}

/**
 * Builds an adapter for a generator.
 * @throws UserError if `ranks` names a layer or section that the generator does not have, or nothing is left to adapt
 */
export function createLora(generator: ImageGenerator, options: LoraOptions): LoraAdapter {
  const layers = adaptedLayers(generator, options);
  const trainsDown = options.train === 'both';
  const shapes: Record<string, readonly number[]> = {};
  const frozenShapes: Record<string, readonly number[]> = {};
  for (const layer of layers) {
    const factors = factorShapes(layer);
    (trainsDown ? shapes : frozenShapes)[`${layer.name}.lora.down`] = factors.down;
    shapes[`${layer.name}.lora.up`] = factors.up;
    if (options.bias && layer.hasBias) shapes[`${layer.name}.lora.bias`] = [outputsOf(layer)];
  }
  const layout = layoutOf(shapes);
  const frozenLayout = layoutOf(frozenShapes);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    options,
    layout,
    frozenLayout,
    manifest: layout.entries.map((entry) => {
      const { name, section, rank } = byName.get(entry.name.replace(/\.lora\.\w+$/, ''))!;
      return { ...entry, layer: name, section, rank };
    }),
    initial: (seed) => {
      const trained = new Float32Array(layout.size);
      const frozen = new Float32Array(frozenLayout.size);
      const downs = trainsDown ? viewParameters(layout, trained) : viewParameters(frozenLayout, frozen);
      const random = new Random(seed);
      for (const layer of layers) {
        const name = `${layer.name}.lora.down`;
        fanInNormal(fanInOf(layer))(downs[name]!, random.fork(name));
      }
      return { trained, frozen };
    },
    tensors: (trained, frozen) => {
      const downs = trainsDown ? trained : frozen;
      return Object.fromEntries(
        layers.map(({ name }) => {
          const bias: Tensor | undefined = trained[`${name}.lora.bias`];
          const branch = { down: downs[`${name}.lora.down`]!, up: trained[`${name}.lora.up`]! };
          return [name, bias ? { ...branch, bias } : branch];
        }),
      );
    },
    merge: (generatorValues, trained, frozen) => {
      const merged = generatorValues.slice();
      const parameters = viewParameters(generator.layout, merged);
      const trainedViews = viewParameters(layout, trained);
      const downs = trainsDown ? trainedViews : viewParameters(frozenLayout, frozen);
      for (const layer of layers) {
        const { name } = layer;
        addProduct(
          layer,
          parameters[`${name}.weight`]!,
          downs[`${name}.lora.down`]!,
          trainedViews[`${name}.lora.up`]!,
        );
        const bias = trainedViews[`${name}.lora.bias`];
        if (bias) for (const [i, value] of bias.entries()) parameters[`${name}.bias`]![i]! += value;
      }
      return merged;
    },
  };
}

function adaptedLayers(generator: ImageGenerator, { rank, ranks }: LoraOptions): AdaptedLayer[] {
  const names = new Set(generator.adaptable.flatMap(({ name, section }) => [section, name]));
  for (const key of Object.keys(ranks)) {
    if (!names.has(key)) {
      throw new UserError(
        'unknown-name',
        `lora.ranks: the ${generator.options.kind} generator has no layer or section ${key}. ` +
          `It has ${[...names].join(', ')}.`,
      );
    }
  }
  const adapted = generator.adaptable
    .map((layer) => ({ ...layer, rank: ranks[layer.name] ?? ranks[layer.section] ?? rank }))
    .filter((layer) => layer.rank > 0);
  if (adapted.length === 0) {
    throw new UserError(
      'conflicting-settings',
      'lora.ranks: every layer has rank 0, so there is nothing to train. Raise lora.rank.',
    );
  }
  return adapted;
}

/**
 * Shapes of the two factors. Together, the two layers are one layer of the base's kind: the down factor keeps kernel and
 * stride, the up factor is 1 x 1.
 */
function factorShapes({ kind, weightShape, rank }: AdaptedLayer): { down: number[]; up: number[] } {
  if (kind === 'linear') {
    const [inputs, outputs] = weightShape as [number, number];
    return { down: [inputs, rank], up: [rank, outputs] };
  }
  const [height, width, third, fourth] = weightShape as [number, number, number, number];
  return kind === 'conv2d'
    ? { down: [height, width, third, rank], up: [1, 1, rank, fourth] }
    : { down: [height, width, rank, fourth], up: [1, 1, rank, third] };
}

function outputsOf({ kind, weightShape }: AdaptableLayer): number {
  return weightShape.at(kind === 'convTranspose2d' ? -2 : -1)!;
}

/** Number of inputs of one value of the down factor's output. */
function fanInOf({ kind, weightShape }: AdaptableLayer): number {
  if (kind === 'linear') return weightShape[0]!;
  const [height, width, third, fourth] = weightShape as [number, number, number, number];
  return kind === 'conv2d' ? height * width * third : (height * width * fourth) / 4;
}

/** Adds down · up, summed over the rank, to the weight, in the order of the layer's own weight. */
function addProduct(layer: AdaptedLayer, weight: Float32Array, down: Float32Array, up: Float32Array): void {
  const { kind, rank, weightShape } = layer;
  const outputs = outputsOf(layer);
  if (kind === 'convTranspose2d') {
    // weight [k·k, out, in], down [k·k, rank, in], up [rank, out]
    const inputs = weightShape.at(-1)!;
    const taps = weight.length / (outputs * inputs);
    for (let tap = 0; tap < taps; tap++) {
      for (let output = 0; output < outputs; output++) {
        const row = (tap * outputs + output) * inputs;
        for (let input = 0; input < inputs; input++) {
          let sum = 0;
          for (let r = 0; r < rank; r++)
            sum += down[(tap * rank + r) * inputs + input]! * up[r * outputs + output]!;
          weight[row + input]! += sum;
        }
      }
    }
    return;
  }
  // weight [k·k·in, out], down [k·k·in, rank], up [rank, out]
  const rows = weight.length / outputs;
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += down[row * rank + r]! * up[r * outputs + output]!;
      weight[row * outputs + output]! += sum;
    }
  }
}
