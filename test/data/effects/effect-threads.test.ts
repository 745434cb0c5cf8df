import { afterEach, describe, expect, test } from 'vitest';
import { applyEffects } from '../../../src/data/effects/apply.ts';
import { EffectThreads } from '../../../src/data/effects/effect-threads.ts';
import type { Image } from '../../../src/data/image-values.ts';
import { Random } from '../../../src/data/random.ts';
import { EFFECT_NAMES, EFFECTS, type Effect } from '../../../src/project/schema/effects.ts';

const open: EffectThreads[] = [];
function threads(count: number): EffectThreads {
  const made = new EffectThreads(count);
  open.push(made);
  return made;
}
afterEach(() => Promise.all(open.splice(0).map((made) => made.dispose())));

const never = new AbortController().signal;

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

  test('tell what went wrong in an effect', async () => {
    const unknown = [{ name: 'unknown', parameters: {} }] as unknown as Effect[];
    await expect(threads(1).apply(noise(1), unknown, never)).rejects.toThrow(
      /^effects unknown: TypeError: .*not a function/,
    );
  });
});
