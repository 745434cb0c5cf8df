/** A training step in small: strided, transposed and plain convolutions, instance norm, two trained groups. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { layoutOf } from '../../src/compute/layout.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type {
  AdamOptions,
  MuonOptions,
  StepDefinition,
  StepInputs,
  Tensors,
} from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';

const [batch, size] = [2, 16];

function instanceNorm(x: Tensor): Tensor {
  const { mean, variance } = tf.moments(x, [1, 2], true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
}

function generate({ down, middle, up, bias }: Tensors, source: Tensor): Tensor {
  const first = tf.relu(instanceNorm(tf.conv2d(source as Tensor4D, down as Tensor4D, 2, 'same')));
  const padded = tf.mirrorPad(
    first,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    'reflect',
  );
  const second = tf.add(first, tf.conv2d(padded as Tensor4D, middle as Tensor4D, 1, 'valid'));
  const raised = tf.conv2dTranspose(second as Tensor4D, up as Tensor4D, [batch, size, size, 3], 2, 'same');
  return tf.tanh(tf.add(raised, bias!));
}

/** Six input channels, as a conditional discriminator has: ONNX Runtime's WebGPU convolution needs help there. */
function discriminate({ first, last }: Tensors, source: Tensor, image: Tensor): Tensor {
  const pair = tf.concat([source, image], 3);
  const features = tf.leakyRelu(tf.conv2d(pair as Tensor4D, first as Tensor4D, 2, 'same'), 0.2);
  return tf.conv2d(features as Tensor4D, last as Tensor4D, 1, 'same');
}

function gradients(tensors: Tensors, loss: (tensors: Tensors) => Tensor): Tensors {
  const names = Object.keys(tensors);
  const found = tf.grads((...values: Tensor[]) =>
    loss(Object.fromEntries(names.map((name, index) => [name, values[index]!]))),
  )(names.map((name) => tensors[name]!));
  return Object.fromEntries(names.map((name, index) => [name, found[index]!]));
}

export const smallStep: StepDefinition = {
  name: 'small-step',
  parameters: {
    generator: layoutOf({ down: [3, 3, 3, 16], middle: [3, 3, 16, 16], up: [4, 4, 3, 16], bias: [3] }),
    discriminator: layoutOf({ first: [4, 4, 6, 16], last: [3, 3, 16, 1] }),
  },
  inputs: { source: { shape: [batch, size, size, 3] }, target: { shape: [batch, size, size, 3] } },
  run: ({ parameters, inputs }) => {
    const generator = parameters.generator!;
    const discriminator = parameters.discriminator!;
    const generatorLoss = (tensors: Tensors) => {
      const image = generate(tensors, inputs.source!);
      const adversarial = tf.mean(tf.square(tf.sub(discriminate(discriminator, inputs.source!, image), 1)));
      return tf.add(adversarial, tf.mul(tf.mean(tf.abs(tf.sub(inputs.target!, image))), 10));
    };
    const discriminatorLoss = (tensors: Tensors) => {
      const real = tf.mean(tf.square(tf.sub(discriminate(tensors, inputs.source!, inputs.target!), 1)));
      const fake = tf.mean(
        tf.square(discriminate(tensors, inputs.source!, generate(generator, inputs.source!))),
      );
      return tf.mul(tf.add(real, fake), 0.5);
    };
    return {
      outputs: {
        'loss/generator': generatorLoss(generator),
        'loss/discriminator': discriminatorLoss(discriminator),
        image: generate(generator, inputs.source!),
      },
      gradients: {
        generator: gradients(generator, generatorLoss),
        discriminator: gradients(discriminator, discriminatorLoss),
      },
    };
  },
};

const adam: AdamOptions = { kind: 'adam', beta1: 0.5, beta2: 0.999 };
export const optimizers = { generator: adam, discriminator: adam };
const muon: MuonOptions = { kind: 'muon', beta1: 0.8, beta2: 0.999 };
export const muonOptimizers = { generator: muon, discriminator: adam };
export const learningRates = { generator: 2e-3, discriminator: 2e-3 };

export function initialValues(): Record<'generator' | 'discriminator', Float32Array> {
  const random = new Random(7);
  const normal = (length: number) => random.fillNormal(new Float32Array(length), 0.1);
  return {
    generator: normal(smallStep.parameters.generator!.size),
    discriminator: normal(smallStep.parameters.discriminator!.size),
  };
}

export function batchOf(seed: number): StepInputs {
  const random = new Random(seed);
  const image = () => Float32Array.from({ length: batch * size * size * 3 }, () => 2 * random.uniform() - 1);
  return { source: image(), target: image() };
}
