import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecutor } from '../../src/compute/executor.ts';
import { exportOnnx } from '../../src/compute/export-onnx.ts';
import { layoutOf, sizeOf } from '../../src/compute/layout.ts';
import { ort } from '../../src/compute/onnx/runtime.ts';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { StepDefinition } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { expectClose, report } from './compare.ts';

const shape = [2, 8, 6, 3] as const;

const definition: StepDefinition = {
  name: 'small-generator',
  parameters: { generator: layoutOf({ first: [3, 3, 3, 8], second: [3, 3, 3, 8], shift: [3] }) },
  inputs: { source: { shape }, tone: { shape: [3] } },
  run: ({ parameters, inputs }) => {
    const { first, second, shift } = parameters.generator!;
    const down = tf.relu(tf.conv2d(inputs.source as Tensor4D, first as Tensor4D, 2, 'same'));
    const up = tf.conv2dTranspose(down as Tensor4D, second as Tensor4D, [...shape], 2, 'same');
    return { outputs: { image: tf.tanh(tf.add(tf.add(up, shift!), inputs.tone!)) } };
  },
};

describe('a stand-alone model', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'export-onnx-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('computes in NCHW what the step computes in NHWC', async () => {
    const random = new Random(3);
    const generator = random.fillNormal(new Float32Array(definition.parameters.generator!.size), 0.3);
    const tone = Float32Array.of(0.1, -0.2, 0.3);
    const source = random.fillNormal(new Float32Array(sizeOf(shape)));
    const path = join(folder, 'generator.onnx');
    await exportOnnx(definition, { generator }, path, {
      fixedInputs: { tone },
      metadata: { concept: 'sepia' },
    });

    const session = await ort.InferenceSession.create(path);
    expect(session.inputNames).toEqual(['image']);
    expect(session.outputNames).toEqual(['result']);
    const planes = tf.tidy(() =>
      tf.transpose(tf.tensor4d(source, [...shape]), [0, 3, 1, 2]).dataSync<'float32'>(),
    );
    const { result } = await session.run({
      image: new ort.Tensor('float32', Float32Array.from(planes), [2, 3, 8, 6]),
    });
    const found = tf.tidy(() =>
      tf
        .transpose(tf.tensor4d(result!.data as Float32Array, [2, 3, 8, 6]), [0, 2, 3, 1])
        .dataSync<'float32'>(),
    );

    const executor = await createExecutor(definition, {
      device: await report('tfjs'),
      values: { generator },
    });
    const { image } = await executor.run({ source, tone });
    expectClose(Float32Array.from(found), image!, 1e-5, 'image');
  });

  it('names what is missing', async () => {
    const generator = new Float32Array(definition.parameters.generator!.size);
    await expect(exportOnnx(definition, { generator }, join(folder, 'x.onnx'))).rejects.toThrow(
      /exactly one input.*source, tone/,
    );
    const fixedInputs = { tone: new Float32Array(3) };
    await expect(exportOnnx(definition, {}, join(folder, 'x.onnx'), { fixedInputs })).rejects.toThrow(
      /group generator/,
    );
  });
});
