import { beforeAll, describe, expect, it } from 'vitest';
import * as tf from '../../src/compute/tfjs/tf.ts';
import type { StepInputs } from '../../src/compute/types.ts';
import { Random } from '../../src/data/random.ts';
import { denoiserInferenceStep, denoiserTrainingStep } from '../../src/models/denoiser-step.ts';
import { createWeightDenoiser, type DenoiserOptions } from '../../src/models/weight-denoiser.ts';
import { normalValues, runEagerly } from './eager.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const OPTIONS: DenoiserOptions = {
  blockSize: 16,
  blockCount: 5,
  channels: 4,
  heads: 2,
  patch: 2,
  embedding: 8,
  vocabularySize: 9,
  maxTokens: 3,
};
const BATCH = 2;

/** Values that no first zero hides anything behind. */
function perturbed(options: DenoiserOptions): Float32Array {
  const values = createWeightDenoiser(options).initial(1);
  const noise = normalValues(values.length, 2, 0.1);
  return values.map((value, i) => value + noise[i]!);
}

function inputsOf(options: DenoiserOptions): Record<string, Float32Array | Int32Array> {
  return {
    blocks: normalValues(BATCH * options.blockSize, 3),
    blockIndex: Int32Array.of(1, 4),
    timestep: Float32Array.of(0.3, 1),
    tokens: Int32Array.of(1, 2, 3, 4, 5, 6),
    tokenMask: Float32Array.of(1, 1, 0, 1, 1, 1),
  };
}

function predict(inputs: StepInputs, options = OPTIONS, values = perturbed(options)): Float32Array {
  const denoiser = createWeightDenoiser(options);
  return runEagerly(denoiserInferenceStep({ denoiser, batchSize: BATCH }), { denoiser: values }, inputs)
    .outputs.prediction!;
}

/** Largest change of each sample's prediction when an input changes. */
function effect(change: Record<string, Float32Array | Int32Array>, options = OPTIONS): number[] {
  const inputs = inputsOf(options);
  const before = predict(inputs, options);
  const after = predict({ ...inputs, ...change }, options);
  return [0, 1].map((row) => {
    const span = [row * options.blockSize, (row + 1) * options.blockSize] as const;
    const rowAfter = after.subarray(...span);
    return Math.max(...before.subarray(...span).map((value, i) => Math.abs(value - rowAfter[i]!)));
  });
}

describe('what a prediction depends on', () => {
  it('is the block index', () => {
    const [first, second] = effect({ blockIndex: Int32Array.of(2, 4) });
    expect(first).toBeGreaterThan(1e-3);
    expect(second).toBe(0);
  });

  it('is the timestep', () => {
    const [first, second] = effect({ timestep: Float32Array.of(0.8, 1) });
    expect(first).toBeGreaterThan(1e-3);
    expect(second).toBe(0);
  });

  it('is the tokens that are not padding', () => {
    expect(effect({ tokens: Int32Array.of(1, 7, 3, 4, 5, 6) })[0]).toBeGreaterThan(1e-4);
    expect(effect({ tokens: Int32Array.of(1, 2, 8, 4, 5, 6) })).toEqual([0, 0]);
    expect(effect({ tokens: Int32Array.of(1, 2, 3, 4, 5, 8) })[1]).toBeGreaterThan(1e-4);
  });

  it('is each weight of the block, at its place', () => {
    const moved = normalValues(BATCH * OPTIONS.blockSize, 3);
    [moved[0], moved[8]] = [moved[8]!, moved[0]!];
    expect(effect({ blocks: moved })[0]).toBeGreaterThan(1e-3);
  });
});

it('predicts 0 at first, whatever it is given', () => {
  const denoiser = createWeightDenoiser(OPTIONS);
  expect(Math.max(...predict(inputsOf(OPTIONS), OPTIONS, denoiser.initial(1)).map(Math.abs))).toBe(0);
});

it('has six ResBlocks and five transformers, as the paper draws them', () => {
  const names = createWeightDenoiser(OPTIONS).layout.entries.map(({ name }) => name);
  const parts = (pattern: RegExp) => new Set(names.flatMap((name) => name.match(pattern)?.[0] ?? []));
  expect([...parts(/^\w+\.residual/)]).toEqual([
    'down1.residual',
    'down2.residual',
    'down3.residual',
    'up3.residual',
    'up2.residual',
    'up1.residual',
  ]);
  expect([...parts(/^\w+\.transformer/)]).toEqual([
    'down1.transformer',
    'down2.transformer',
    'middle.transformer',
    'up2.transformer',
    'up1.transformer',
  ]);
});

describe('training', () => {
  const denoiser = createWeightDenoiser(OPTIONS);
  const definition = denoiserTrainingStep({ denoiser, batchSize: BATCH });
  const target = normalValues(BATCH * OPTIONS.blockSize, 5);
  const targetMask = Float32Array.from(target, (_, i) => (i % OPTIONS.blockSize < 12 ? 1 : 0));
  const inputs = { ...inputsOf(OPTIONS), target, targetMask };

  it('minimizes the mean squared error over what is not padding', () => {
    const values = perturbed(OPTIONS);
    const prediction = predict(inputs, OPTIONS, values);
    const squares = prediction.reduce((sum, value, i) => sum + targetMask[i]! * (value - target[i]!) ** 2, 0);
    const { loss } = runEagerly(definition, { denoiser: values }, inputs).outputs;
    expect(loss![0]).toBeCloseTo(squares / 24, 5);
  });

  it('has the gradient that differences of the loss show', () => {
    const values = perturbed(OPTIONS);
    const gradient = runEagerly(definition, { denoiser: values }, inputs).gradients.denoiser!;
    const norm = Math.hypot(...gradient);
    const random = normalValues(gradient.length, 6, 1 / Math.sqrt(gradient.length));
    const direction = gradient.map((value, i) => (0.5 * value) / norm + random[i]!);
    const lossAt = (h: number) =>
      runEagerly(definition, { denoiser: values.map((value, i) => value + h * direction[i]!) }, inputs)
        .outputs.loss![0]!;
    const expected = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    expect((lossAt(1e-3) - lossAt(-1e-3)) / 2e-3 / expected).toBeCloseTo(1, 1);
  });

  it('learns a few blocks by heart', () => {
    const values = denoiser.initial(1);
    const [moment1, moment2] = [new Float64Array(values.length), new Float64Array(values.length)];
    const random = new Random(7);
    const losses: number[] = [];
    for (let step = 1; step <= 30; step++) {
      const batch = { ...inputs, timestep: Float32Array.of(random.uniform(), random.uniform()) };
      const { outputs, gradients } = runEagerly(definition, { denoiser: values }, batch);
      losses.push(outputs.loss![0]!);
      for (const [i, g] of gradients.denoiser!.entries()) {
        moment1[i] = 0.9 * moment1[i]! + 0.1 * g;
        moment2[i] = 0.99 * moment2[i]! + 0.01 * g * g;
        values[i]! -=
          (0.02 * (moment1[i]! / (1 - 0.9 ** step))) / (Math.sqrt(moment2[i]! / (1 - 0.99 ** step)) + 1e-8);
      }
    }
    expect(losses.at(-1)!).toBeLessThan(0.3 * losses[0]!);
  });
});

it('says which sizes do not fit', () => {
  expect(() => createWeightDenoiser({ ...OPTIONS, blockSize: 20 })).toThrow(
    /blockSize.*multiple of 8.*Use 24/s,
  );
  expect(() => createWeightDenoiser({ ...OPTIONS, heads: 3 })).toThrow(/weightGenerator\.heads/);
});
