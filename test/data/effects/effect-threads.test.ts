import { afterEach, describe, expect, test } from 'vitest';
import { applyEffects } from '../../../src/data/effects/apply.ts';
import { EffectThreads } from '../../../src/data/effects/effect-threads.ts';
import type { Image } from '../../../src/data/image-values.ts';
import { Random } from '../../../src/data/random.ts';
import { EFFECT_NAMES, EFFECTS, type Effect } from '../../../src/project/schema/effects.ts';

const open: EffectThreads[] = [];
function threads(count: number, source?: string): EffectThreads {
  const made = new EffectThreads(count, source);
  open.push(made);
  return made;
}
afterEach(() => Promise.all(open.splice(0).map((made) => made.dispose())));

const never = new AbortController().signal;
const BLUR: Effect[] = [{ name: 'blur', parameters: { radius: 8 } }];

function noise(seed: number): Image {
  const random = new Random(seed);
  return { width: 16, height: 16, data: Float32Array.from({ length: 768 }, () => 2 * random.uniform() - 1) };
}

describe('threads that apply effects', () => {
  test('give every image what one thread gives, however many they are', async () => {
    const jobs = EFFECT_NAMES.map((name, seed) => ({
      image: noise(seed),
      effects: [{ name, parameters: EFFECTS[name].parse({}) } as Effect],
    }));
    const expected = jobs.map(({ image, effects }) => applyEffects(image, effects));
    for (const count of [1, 3]) {
      const made = threads(count);
      const results = jobs.map(({ image, effects }) => made.apply(image, effects, never));
      expect(await Promise.all(results)).toEqual(expected);
    }
    // The images are still there.
    expect(jobs[0]!.image).toEqual(noise(0));
  });

  test('are cancelled in the middle of an image, and work on', async () => {
    // Never answers the first image of a thread whose width is 2.
    const source = `
      require('node:worker_threads').parentPort.on('message', ({ image }) => {
        if (image.width === 2) for (;;);
        require('node:worker_threads').parentPort.postMessage({ data: image.data });
      });`;
    const made = threads(2, source);
    const controller = new AbortController();
    const endless = { width: 2, height: 1, data: new Float32Array(6) };
    const results = [endless, endless, endless, noise(1)].map((image, i) =>
      made.apply(image, BLUR, i < 3 ? controller.signal : never),
    );
    const reasons = Promise.allSettled(results.slice(0, 3));
    controller.abort(new Error('enough'));
    for (const outcome of await reasons) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    }
    expect(await results[3]).toEqual(noise(1));
  });

  test.each([
    ['exits', 'process.exit(3)', /^effects blur: the thread that computes them has ended: exit code 3$/],
    ['fails', "throw new Error('no memory')", /^effects blur: the thread .* has ended: no memory$/],
  ])('say so if one %s, and work on', async (_, end, message) => {
    const source = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ image }) => {
        if (image.width === 2) { ${end} }
        parentPort.postMessage({ data: image.data });
      });`;
    const made = threads(1, source);
    const fatal = made.apply({ width: 2, height: 1, data: new Float32Array(6) }, BLUR, never);
    const next = made.apply(noise(2), BLUR, never);
    await expect(fatal).rejects.toThrow(message);
    expect(await next).toEqual(noise(2));
  });

  test('tell what went wrong in an effect', async () => {
    const unknown = [{ name: 'unknown', parameters: {} }] as unknown as Effect[];
    await expect(threads(1).apply(noise(1), unknown, never)).rejects.toThrow(
      /^effects unknown: TypeError: .*not a function/,
    );
  });

  test('leave nothing waiting when they are disposed of', async () => {
    const made = threads(1);
    const results = Promise.allSettled([1, 2, 3].map((seed) => made.apply(noise(seed), BLUR, never)));
    await made.dispose();
    for (const { status } of await results) expect(status).toBe('rejected');
  });
});
