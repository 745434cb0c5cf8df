import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { layoutOf } from '../compute/layout.ts';
import * as tf from '../compute/tfjs/tf.ts';
import type { ParameterLayout, Tensors } from '../compute/types.ts';
import { Random } from '../data/random.ts';
import { fanInNormal, type Initializer, ones, zeros } from './initializers.ts';
import { normalize, reflectPad } from './layers.ts';

/**
 * A layer that LoRA can adapt. Its weight has the shape that tfjs uses: conv2d [k, k, in, out],
 * convTranspose2d [k, k, out, in], linear [in, out].
 */
export interface AdaptableLayer {
  /** Name such as "transformer.attention.query"; the parameters are `<name>.weight` and `<name>.bias`. */
  readonly name: string;
  /** Part of the network, such as "downsample", for ranks that are given by part. */
  readonly section: string;
  readonly kind: 'conv2d' | 'convTranspose2d' | 'linear';
  readonly weightShape: readonly number[];
  readonly hasBias: boolean;
}

/**
 * A low-rank branch parallel to one layer: `down` to rank channels, `up` to the layer's outputs. `up` and `bias` may differ
 * from sample to sample: [N, rank, outputs] and [N, outputs].
 */
export interface LoraBranch {
  readonly down: Tensor;
  readonly up: Tensor;
  /** Added to the layer's bias. */
  readonly bias?: Tensor;
}

/** Branches by layer name. Layers that are not named are not adapted. */
export type LoraTensors = Readonly<Record<string, LoraBranch>>;

/** The tensors that a network's layers use when it is applied. */
export interface NetworkTensors {
  readonly parameters: Tensors;
  readonly lora?: LoraTensors;
  /**
   * The layers are traced for a graph that has to hold for images of every size: no constant may depend on the size. Where a
   * layer would use a table, it computes the table from the image's extents.
   */
  readonly anySize?: boolean;
}

/** The function that applies a declared layer to the network's tensors and the layer's input. */
export type Layer<In extends Tensor, Out extends Tensor = In> = (tensors: NetworkTensors, x: In) => Out;

interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: 1 | 2;
  /** Number of zeros on every side; `reflect` mirrors half a kernel instead. */
  readonly padding: number | 'reflect';
  readonly weight?: Initializer;
  /** Part of the network, if LoRA can adapt this layer. */
  readonly section?: string;
}

/**
 * Declares a network's parameters and layers in one place: each method registers the layer's parameters and returns the
 * function that applies it. The order of declaration is the order in the flat vector.
 */
export class NetworkBuilder {
  readonly #shapes: Record<string, readonly number[]> = {};
  readonly #initializers = new Map<string, Initializer>();
  readonly #adaptable: AdaptableLayer[] = [];

  get adaptable(): readonly AdaptableLayer[] {
    return this.#adaptable;
  }

  layout(): ParameterLayout {
    return layoutOf(this.#shapes);
  }

  /** Initial values of all parameters, each from its own random stream: adding a layer does not change the others' values. */
  initial(seed: number): Float32Array {
    const { entries, size } = this.layout();
    const values = new Float32Array(size);
    const random = new Random(seed);
    for (const { name, offset, size: count } of entries) {
      this.#initializers.get(name)!(values.subarray(offset, offset + count), random.fork(name));
    }
    return values;
  }

  parameter<T extends Tensor>(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
  ): (tensors: NetworkTensors) => T {
    if (name in this.#shapes) throw new Error(`Two parameters are named ${name}`);
    this.#shapes[name] = shape;
    this.#initializers.set(name, initializer);
    return ({ parameters }) => parameters[name] as T;
  }

  /** Convolution with bias: [N, H, W, inputs] to [N, H', W', outputs]. */
  conv2d(name: string, options: ConvolutionOptions): Layer<Tensor4D> {
    const { inputs, outputs, kernel, stride = 1, section } = options;
    const weightShape = [kernel, kernel, inputs, outputs];
    const weight = this.parameter<Tensor4D>(
      `${name}.weight`,
      weightShape,
      options.weight ?? fanInNormal(kernel * kernel * inputs),
    );
    const bias = this.parameter<Tensor1D>(`${name}.bias`, [outputs], zeros);
    this.#adapt({ name, kind: 'conv2d', weightShape, hasBias: true }, section);
    const reflected = options.padding === 'reflect' ? (kernel - 1) / 2 : 0;
    const pad = options.padding === 'reflect' ? 0 : options.padding;
    return (tensors, x) => {
      const padded = reflected > 0 ? reflectPad(x, reflected) : x;
      const convolve = (image: Tensor4D, w: Tensor4D) => tf.conv2d(image, w, stride, pad);
      const pixels = (x.shape[1] * x.shape[2]) / stride ** 2;
      return adapt(
        tensors,
        name,
        { x: padded, weight: weight(tensors), bias, pixels, convolve },
        (down, up) =>
          tf.reshape(
            tf.matMul(tf.reshape(down, [kernel * kernel * inputs, -1]) as Tensor2D, up),
            weightShape as Tensor4D['shape'],
          ),
      );
    };
  }

  /** Transposed convolution of stride 2 with bias: [N, H, W, inputs] to [N, 2H, 2W, outputs]. */
  convTranspose2d(name: string, options: Omit<ConvolutionOptions, 'stride' | 'padding'>): Layer<Tensor4D> {
    const { inputs, outputs, kernel, section } = options;
    const weightShape = [kernel, kernel, outputs, inputs];
    // A kernel of k x k reaches each output pixel with k^2 / 4 of its taps.
    const initializer = options.weight ?? fanInNormal((kernel * kernel * inputs) / 4);
    const weight = this.parameter<Tensor4D>(`${name}.weight`, weightShape, initializer);
    const bias = this.parameter<Tensor1D>(`${name}.bias`, [outputs], zeros);
    this.#adapt({ name, kind: 'convTranspose2d', weightShape, hasBias: true }, section);
    return (tensors, x) => {
      const [, height, width] = x.shape;
      const convolve = (image: Tensor4D, w: Tensor4D): Tensor4D =>
        tf.conv2dTranspose(image, w, [image.shape[0], 2 * height, 2 * width, w.shape[2]], 2, 1);
      const pixels = 4 * height * width;
      return adapt(tensors, name, { x, weight: weight(tensors), bias, pixels, convolve }, (down, up) => {
        const [, , rank] = down.shape;
        const rows = tf.reshape(tf.transpose(down, [2, 0, 1, 3]), [rank, -1]) as Tensor2D;
        const product = tf.reshape(tf.matMul(up, rows, true), [outputs, kernel, kernel, inputs]) as Tensor4D;
        return tf.transpose(product, [1, 2, 0, 3]);
      });
    };
  }

  /** Linear layer over the last axis: [..., inputs] to [..., outputs]. */
  linear<T extends Tensor2D | Tensor3D>(
    name: string,
    options: {
      readonly inputs: number;
      readonly outputs: number;
      readonly weight?: Initializer;
      /** Default true. */
      readonly bias?: boolean;
      readonly section?: string;
    },
  ): Layer<T> {
    const { inputs, outputs, section } = options;
    const weightShape = [inputs, outputs];
    const weight = this.parameter<Tensor2D>(
      `${name}.weight`,
      weightShape,
      options.weight ?? fanInNormal(inputs),
    );
    const hasBias = options.bias ?? true;
    const bias = hasBias ? this.parameter<Tensor1D>(`${name}.bias`, [outputs], zeros) : undefined;
    this.#adapt({ name, kind: 'linear', weightShape, hasBias }, section);
    return (tensors, x) => {
      const rows = tf.reshape(x, [-1, inputs]) as Tensor2D;
      const y = addBranch<Tensor2D>(tensors, name, tf.matMul(rows, weight(tensors)), bias, (branch) =>
        widen<Tensor2D>(tf.matMul(rows, branch.down as Tensor2D), branch.up),
      );
      const shape: number[] = [...x.shape];
      shape[shape.length - 1] = outputs;
      return tf.reshape(y, shape as T['shape']) as Tensor as T;
    };
  }

  /** Layer norm over the last axis, with scale and shift. */
  layerNorm(name: string, channels: number): Layer<Tensor3D> {
    const scale = this.parameter<Tensor1D>(`${name}.scale`, [channels], ones);
    const shift = this.parameter<Tensor1D>(`${name}.shift`, [channels], zeros);
    return (tensors, x) => tf.add(tf.mul(normalize(x, [2]), scale(tensors)), shift(tensors));
  }

  #adapt(layer: Omit<AdaptableLayer, 'section'>, section: string | undefined): void {
    if (section) this.#adaptable.push({ ...layer, section });
  }
}

/** A convolution that is about to be applied, and what decides how its LoRA branch is. */
interface Convolution {
  readonly x: Tensor4D;
  readonly weight: Tensor4D;
  readonly bias: (tensors: NetworkTensors) => Tensor1D;
  /** Pixels of each sample of the output. */
  readonly pixels: number;
  readonly convolve: (x: Tensor4D, weight: Tensor4D) => Tensor4D;
}

/**
 * Applies a convolution with its LoRA branch, if there is one, and its bias. The branch is a second convolution with as
 * many outputs as the rank, or it is multiplied out and added to the weight: the same up to rounding, and each costs less
 * in some layers.
 * @param multiply product of a down and an up factor [rank, outputs], in the shape of the weight
 */
function adapt(
  tensors: NetworkTensors,
  name: string,
  convolution: Convolution,
  multiply: (down: Tensor4D, up: Tensor2D) => Tensor4D,
): Tensor4D {
  const { x, weight, bias, convolve } = convolution;
  const branch = tensors.lora?.[name];
  if (!branch || !mergingPays(branch, convolution)) {
    return addBranch<Tensor4D>(tensors, name, convolve(x, weight), bias, ({ down, up }) =>
      widen<Tensor4D>(convolve(x, down as Tensor4D), up),
    );
  }
  const merged = (up: Tensor2D): Tensor4D => tf.add(weight, multiply(branch.down as Tensor4D, up));
  const [rank, outputs] = branch.up.shape.slice(-2) as [number, number];
  const y: Tensor4D =
    branch.up.rank === 4
      ? convolve(x, merged(tf.reshape(branch.up, [rank, outputs])))
      : tf.concat(
          Array.from({ length: x.shape[0] }, (_, sample) =>
            convolve(
              tf.slice(x, [sample, 0, 0, 0], [1, ...x.shape.slice(1)]) as Tensor4D,
              merged(tf.reshape(tf.slice(branch.up, [sample, 0, 0], [1, rank, outputs]), [rank, outputs])),
            ),
          ),
          0,
        );
  return addBias(tensors, y, bias, branch);
}

/**
 * Whether a training step takes less time with the product of the factors added to the weight than with a branch of its
 * own. A branch costs rank / outputs of what the layer costs, twice where the layer is frozen (its outputs and the gradient
 * of its inputs) and three times where down factors are trained, too. The product costs as much as the layer does for as
 * many pixels as it has outputs; but the gradient of a frozen weight becomes necessary, and samples with factors of their
 * own are convolved one by one. Ranks below half of the outputs gain nothing (docs/performance.md).
 */
function mergingPays({ up }: LoraBranch, { pixels }: Convolution): boolean {
  const [rank, outputs] = up.shape.slice(-2) as [number, number];
  return 2 * rank >= outputs && pixels >= outputs;
}

/** Adds a layer's LoRA branch, if there is one, and its bias. */
function addBranch<T extends Tensor2D | Tensor4D>(
  tensors: NetworkTensors,
  name: string,
  base: T,
  bias: ((tensors: NetworkTensors) => Tensor1D) | undefined,
  apply: (branch: LoraBranch) => T,
): T {
  const branch = tensors.lora?.[name];
  return addBias<T>(tensors, branch ? tf.add(base, apply(branch)) : base, bias, branch);
}

/** Adds a layer's bias, if it has one, and what its LoRA branch adds to it. */
function addBias<T extends Tensor2D | Tensor4D>(
  tensors: NetworkTensors,
  y: T,
  bias: ((tensors: NetworkTensors) => Tensor1D) | undefined,
  branch: LoraBranch | undefined,
): T {
  const biased: T = bias ? tf.add(y, bias(tensors)) : y;
  return branch?.bias ? shift(biased, branch.bias) : biased;
}

/** Applies an up factor to a branch's rank channels(the last axis): one factor for all samples, or [N, rank, outputs]. */
function widen<T extends Tensor2D | Tensor4D>(x: T, up: Tensor): T {
  if (up.rank === 4) return tf.conv2d(x as Tensor4D, up as Tensor4D, 1, 0) as T;
  if (up.rank === 2) return tf.matMul(x as Tensor2D, up as Tensor2D) as T;
  const [count, rank, outputs] = up.shape as [number, number, number];
  const perSample = tf.matMul(tf.reshape(x, [count, -1, rank]) as Tensor3D, up as Tensor3D); // [N, pixels, outputs]
  return tf.reshape(perSample, [...x.shape.slice(0, -1), outputs]) as Tensor as T;
}

/** Adds a bias to the last axis: one for all samples, or [N, outputs]. */
function shift<T extends Tensor2D | Tensor4D>(x: T, bias: Tensor): T {
  if (bias.rank === 1) return tf.add(x, bias);
  const [count, outputs] = bias.shape as [number, number];
  const perSample = tf.add(tf.reshape(x, [count, -1, outputs]), tf.reshape(bias, [count, 1, outputs]));
  return tf.reshape(perSample, x.shape) as Tensor as T;
}
