import { describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.ts';
import {
  addNoise,
  cleanEstimate,
  createSchedule,
  type DiffusionBatchOptions,
  type DiffusionData,
  diffusionBatch,
  type NoiseSchedule,
  type Prediction,
  predictionTarget,
  type SamplerOptions,
  sampleBlocks,
} from '../../src/models/diffusion.ts';
import { normalValues } from './eager.ts';

describe.each(['cosine', 'linear'] as const)('%s schedule', (kind) => {
  it.each([2, 100, 1000])('falls from clean to noise in %i steps', (timesteps) => {
    const { alphaBar } = createSchedule(kind, timesteps);
    expect(alphaBar.length).toBe(timesteps + 1);
    expect(alphaBar[0]).toBe(1);
    for (let t = 1; t <= timesteps; t++) {
      expect(alphaBar[t]!).toBeLessThan(alphaBar[t - 1]!);
      expect(alphaBar[t]!).toBeGreaterThanOrEqual(0);
    }
    expect(alphaBar[timesteps]!).toBeLessThan(1e-3);
  });
});

it('has the published values', () => {
  // Ho et al. 2020: product of 1 - beta, beta linear from 1e-4 to 0.02 over 1000 steps.
  expect(createSchedule('linear', 1000).alphaBar[1000]).toBeCloseTo(4.0358e-5, 8);
  expect(createSchedule('linear', 1000).alphaBar[1]).toBeCloseTo(0.9999, 10);
  // Nichol and Dhariwal 2021: half of the way, cos^2((0.5 + s) / (1 + s) pi / 2) / cos^2(s / (1 + s) pi / 2).
  expect(createSchedule('cosine', 1000).alphaBar[500]).toBeCloseTo(0.4938436, 6);
});

it.each(['x0', 'v'] as const)('finds the clean block again from a perfect prediction of %s', (prediction) => {
  const [clean, noise] = [normalValues(32, 1), normalValues(32, 2)];
  for (const alphaBar of [1, 0.9, 0.5, 1e-4, 0]) {
    const noisy = addNoise(clean, noise, alphaBar);
    const target = predictionTarget(prediction, clean, noise, alphaBar);
    for (const [i, value] of cleanEstimate(prediction, target, noisy, alphaBar).entries()) {
      expect(value).toBeCloseTo(clean[i]!, 5);
    }
  }
});

it('adds noise such that unit variance stays', () => {
  const noisy = addNoise(normalValues(20000, 1), normalValues(20000, 2), 0.3);
  expect(noisy.reduce((sum, value) => sum + value * value, 0) / noisy.length).toBeCloseTo(1, 1);
});

/** Blocks of independent normal values: the best possible network is known in closed form. */
const TARGET = { mean: 0.7, std: 0.5 };

function gaussianNetwork(schedule: NoiseSchedule, prediction: Prediction, gateInput: boolean) {
  return async (input: Float32Array, timestep: number): Promise<Float32Array> => {
    const alphaBar = schedule.alphaBar[Math.round(timestep * schedule.timesteps)]!;
    const signal = Math.sqrt(alphaBar);
    const variance = signal ** 2 * TARGET.std ** 2 + 1 - alphaBar;
    const noisy = gateInput ? input.map((value) => value / signal) : input;
    const clean = noisy.map(
      (x) => TARGET.mean + ((signal * TARGET.std ** 2) / variance) * (x - signal * TARGET.mean),
    );
    if (prediction === 'x0') return clean;
    const noise = noisy.map((x, i) => (x - signal * clean[i]!) / Math.sqrt(1 - alphaBar));
    return predictionTarget('v', clean, noise, alphaBar);
  };
}

function gaussianSampler(options: Partial<SamplerOptions> & { kind?: 'cosine' | 'linear' }): SamplerOptions {
  const schedule = createSchedule(options.kind ?? 'cosine', 200);
  const prediction = options.prediction ?? 'x0';
  const gateInput = options.gateInput ?? false;
  return {
    schedule,
    prediction,
    gateInput,
    steps: 200,
    guidance: 1,
    mask: new Float32Array(4096).fill(1),
    random: new Random(3),
    predict: gaussianNetwork(schedule, prediction, gateInput),
    ...options,
  };
}

function moments(values: Float32Array): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    mean,
    std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
  };
}

describe('the sampler on a normal distribution', () => {
  it.each([
    ['cosine', 'x0', false],
    ['cosine', 'v', false],
    ['linear', 'v', false],
    ['linear', 'x0', true],
  ] as const)('draws from it in many steps (%s, %s, gated %s)', async (kind, prediction, gateInput) => {
    const { mean, std } = moments(await sampleBlocks(gaussianSampler({ kind, prediction, gateInput })));
    expect(Math.abs(mean - TARGET.mean)).toBeLessThan(0.03);
    expect(Math.abs(std - TARGET.std)).toBeLessThan(0.03);
  });

  it.each(['x0', 'v'] as const)('gives its mean in one step (%s)', async (prediction) => {
    const blocks = await sampleBlocks(gaussianSampler({ prediction, steps: 1 }));
    for (const value of blocks) expect(value).toBeCloseTo(TARGET.mean, 5);
  });

  it('repeats for the same seed only', async () => {
    const draw = (seed: number) => sampleBlocks(gaussianSampler({ steps: 20, random: new Random(seed) }));
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it('keeps the padding at 0 and tells of each state', async () => {
    const mask = Float32Array.from({ length: 64 }, (_, i) => (i % 4 === 3 ? 0 : 1));
    const seen: number[] = [];
    const states: Float32Array[] = [];
    const blocks = await sampleBlocks(
      gaussianSampler({
        mask,
        steps: 5,
        onState: (timestep, noisy) => {
          seen.push(timestep);
          states.push(noisy);
        },
      }),
    );
    expect(seen).toEqual([1, 0.8, 0.6, 0.4, 0.2, 0]);
    expect(states.every((state) => state[3] === 0)).toBe(true);
    expect(states.at(-1)).toEqual(blocks);
    expect(blocks.every((value, i) => (value === 0) === (mask[i] === 0))).toBe(true);
  });
});

it('extrapolates from the null prompt by the guidance scale', async () => {
  const predict = async (input: Float32Array, _timestep: number, prompt: boolean) =>
    input.map(() => (prompt ? 3 : 1));
  const guided = await sampleBlocks(gaussianSampler({ steps: 1, guidance: 2.5, predict }));
  expect(guided[0]).toBe(1 + 2.5 * (3 - 1));
});

it('shows a gated network nothing at t = T', async () => {
  const inputs: Float32Array[] = [];
  const predict = async (input: Float32Array) => {
    inputs.push(input);
    return input;
  };
  await sampleBlocks(gaussianSampler({ steps: 1, gateInput: true, predict }));
  expect(Math.max(...inputs[0]!.map(Math.abs))).toBeLessThan(1e-12);
});

it('refuses more steps than the schedule has', async () => {
  await expect(sampleBlocks(gaussianSampler({ steps: 201 }))).rejects.toThrow(/201 steps/);
});

describe('a training batch', () => {
  const schedule = createSchedule('cosine', 100);
  const mask = Float32Array.of(1, 1, 1, 1, 1, 0);
  const prompt = (token: number) => ({ tokens: Int32Array.of(token, 0), mask: Float32Array.of(1, 0) });
  const data: DiffusionData = {
    examples: [5, 6].map((token) => ({
      blocks: Float32Array.of(token, 1, 2, token, 4, 0),
      prompt: prompt(token),
    })),
    blockSize: 3,
    mask,
    nullPrompt: prompt(0),
  };
  const options: DiffusionBatchOptions = {
    schedule,
    prediction: 'x0',
    gateInput: false,
    batchSize: 2000,
    lastTimestepShare: 0.25,
    promptDropout: 0.1,
    blockIndex: true,
  };
  const batch = diffusionBatch(data, options, new Random(1));
  const share = (values: ArrayLike<number>, wanted: number) =>
    Array.from(values).filter((value) => value === wanted).length / values.length;

  it('draws timesteps, blocks and prompts in the shares asked for', () => {
    expect(share(batch.timestep, 1)).toBeCloseTo(0.25 + 0.75 / 100, 1);
    expect(Math.min(...batch.timestep)).toBeCloseTo(1 / 100, 6);
    expect(share(batch.blockIndex, 0)).toBeCloseTo(0.5, 1);
    const first = batch.tokens.filter((_, i) => i % 2 === 0);
    expect(share(first, 0)).toBeCloseTo(0.1, 1);
    expect(share(first, 5)).toBeCloseTo(0.45, 1);
  });

  it('calls every block the first where the network is not to know', () => {
    const blind = diffusionBatch(data, { ...options, blockIndex: false }, new Random(1));
    expect(new Set(blind.blockIndex)).toEqual(new Set([0]));
    expect(blind.target).toEqual(batch.target);
  });

  it('pairs each noisy block with its own clean one, mask and prompt', () => {
    for (let row = 0; row < options.batchSize; row++) {
      const token = batch.tokens[2 * row]!;
      const target = [...batch.target.subarray(3 * row, 3 * row + 3)];
      const blockMask = [...batch.targetMask.subarray(3 * row, 3 * row + 3)];
      if (token !== 0) expect(target[0]).toBe(token);
      if (batch.blockIndex[row] === 0)
        expect([target.slice(1), blockMask]).toEqual([
          [1, 2],
          [1, 1, 1],
        ]);
      else
        expect([target.slice(1), blockMask]).toEqual([
          [4, 0],
          [1, 1, 0],
        ]);
      if (batch.blockIndex[row] === 1) expect(batch.blocks[3 * row + 2]).toBe(0);
    }
  });

  it('holds x_t = signal x0 + noise of the timestep’s variance', () => {
    for (const [low, high] of [
      [0.01, 0.2],
      [0.4, 0.6],
      [1, 1],
    ] as const) {
      let squares = 0;
      let count = 0;
      for (let row = 0; row < options.batchSize; row++) {
        const timestep = batch.timestep[row]!;
        if (timestep < low || timestep > high) continue;
        const alphaBar = schedule.alphaBar[Math.round(timestep * 100)]!;
        const noise =
          (batch.blocks[3 * row]! - Math.sqrt(alphaBar) * batch.target[3 * row]!) / Math.sqrt(1 - alphaBar);
        squares += noise ** 2;
        count++;
      }
      expect(Math.abs(squares / count - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    }
  });

  it('depends on the state of the random stream alone', () => {
    expect(diffusionBatch(data, options, new Random(1))).toEqual(batch);
  });
});
