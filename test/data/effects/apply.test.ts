import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEffects } from '../../../src/data/effects/apply.ts';
import type { Image } from '../../../src/data/image-values.ts';
import { Random } from '../../../src/data/random.ts';
import { EFFECT_NAMES, EFFECTS, type Effect, type EffectName } from '../../../src/project/schema/effects.ts';

function effect<N extends EffectName>(name: N, parameters: Record<string, unknown> = {}): Effect {
  return { name, parameters: EFFECTS[name].parse(parameters) } as Effect;
}

/** Each pixel's color in [0, 1] from its column and row. */
function paint(size: number, colorAt: (x: number, y: number) => readonly number[]): Image {
  const data = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      data.set(
        colorAt(x, y).map((value) => value * 2 - 1),
        (y * size + x) * 3,
      );
    }
  }
  return { width: size, height: size, data };
}

function colorAt(image: Image, x: number, y: number): number[] {
  const at = (y * image.width + x) * 3;
  return [...image.data.subarray(at, at + 3)].map((value) => (value + 1) / 2);
}

const plain = (...color: number[]) => paint(16, () => color);

/** Smooth structure and noise, all channels different. */
function textured(size: number, seed = 1): Image {
  const random = new Random(seed);
  return paint(size, (x, y) =>
    [0.3 + 0.5 * (x / size), 0.2 + 0.6 * (y / size), 0.5].map(
      (value) => value + 0.2 * (random.uniform() - 0.5),
    ),
  );
}

function applied(image: Image, name: EffectName, parameters: Record<string, unknown> = {}): Image {
  return applyEffects(image, [effect(name, parameters)]);
}

function expectColor(image: Image, expected: readonly number[], digits = 5): void {
  colorAt(image, 8, 8).forEach((value, channel) => {
    expect(value).toBeCloseTo(expected[channel]!, digits);
  });
}

const meanOf = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
const maxDifference = (a: Image, b: Image) =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);

describe('every effect', () => {
  test.each(EFFECT_NAMES)('%s: in range, deterministic, leaves its input alone, and changes it', (name) => {
    const image = textured(24);
    const before = image.data.slice();
    const parameters = name === 'tone' ? { hue: 60, contrast: 3 } : {};
    const result = applied(image, name, parameters);
    expect(image.data).toEqual(before);
    expect([result.width, result.height, result.data.length]).toEqual([24, 24, 24 * 24 * 3]);
    expect(result.data.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(applied(image, name, parameters)).toEqual(result);
    expect(maxDifference(image, result)).toBeGreaterThan(0.02);
  });

  const withStrength = EFFECT_NAMES.filter((name) => 'strength' in EFFECTS[name].shape);
  test.each(withStrength)('%s: strength 0 is the identity', (name) => {
    const image = textured(24);
    expect(maxDifference(applied(image, name, { strength: 0 }), image)).toBeLessThan(1e-6);
  });

  test.each(EFFECT_NAMES)('%s: the smallest image passes', (name) => {
    const one = { width: 1, height: 1, data: Float32Array.of(0.2, -0.4, 0.9) };
    expect(applied(one, name).data.every(Number.isFinite)).toBe(true);
  });
});

describe('tones', () => {
  const color = [0.8, 0.4, 0.1];
  const light = 0.2126 * 0.8 + 0.7152 * 0.4 + 0.0722 * 0.1;

  test('grayscale is the luminance', () => {
    expectColor(applied(plain(...color), 'grayscale'), [light, light, light]);
    expectColor(
      applied(plain(...color), 'grayscale', { strength: 0.25 }),
      color.map((value) => value + 0.25 * (light - value)),
    );
  });

  test('sepia follows the published matrix', () => {
    expectColor(applied(plain(0.5, 0.3, 0.2), 'sepia'), [
      0.393 * 0.5 + 0.769 * 0.3 + 0.189 * 0.2,
      0.349 * 0.5 + 0.686 * 0.3 + 0.168 * 0.2,
      0.272 * 0.5 + 0.534 * 0.3 + 0.131 * 0.2,
    ]);
  });

  test('negative is its own inverse', () => {
    const image = textured(16);
    expectColor(applied(plain(...color), 'negative'), [0.2, 0.6, 0.9]);
    expect(maxDifference(applied(applied(image, 'negative'), 'negative'), image)).toBe(0);
  });

  test('duotone runs from the dark to the light color', () => {
    const options = { dark: '#000080', light: '#ff8000' };
    expectColor(applied(plain(0, 0, 0), 'duotone', options), [0, 0, 128 / 255]);
    expectColor(applied(plain(1, 1, 1), 'duotone', options), [1, 128 / 255, 0]);
    expectColor(applied(plain(0.5, 0.5, 0.5), 'duotone', options), [0.5, 64 / 255, 64 / 255]);
  });

  test('posterize leaves just its levels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 16 }), fc.nat(1000), (levels, seed) => {
        const { data } = applied(textured(8, seed), 'posterize', { levels });
        for (const value of data) {
          const step = ((value + 1) / 2) * (levels - 1);
          expect(step).toBeCloseTo(Math.round(step), 4);
        }
      }),
      { numRuns: 30 },
    );
    expectColor(applied(plain(0.4, 0.6, 0.1), 'posterize', { levels: 2 }), [0, 1, 0]);
  });

  test('solarize inverts what is lighter than the threshold', () => {
    expectColor(applied(plain(0.9, 0.8, 0.6), 'solarize'), [0.1, 0.2, 0.4]);
    expectColor(applied(plain(0.3, 0.2, 0.6), 'solarize'), [0.3, 0.2, 0.6]);
  });

  test('tone: a third of a turn maps the primaries, factors act as named', () => {
    const red = applied(plain(1, 0, 0), 'tone', { hue: 120 });
    const [r, g, b] = colorAt(red, 8, 8) as [number, number, number];
    expect(g).toBeGreaterThan(Math.max(r, b));
    expectColor(applied(plain(0.4, 0.4, 0.4), 'tone', { hue: 77 }), [0.4, 0.4, 0.4]);
    expectColor(applied(plain(...color), 'tone', { saturation: 0 }), [light, light, light]);
    expectColor(applied(plain(0.2, 0.4, 0.3), 'tone', { brightness: 2 }), [0.4, 0.8, 0.6]);
    expectColor(applied(plain(0.25, 0.5, 0.7), 'tone', { contrast: 2 }), [0, 0.5, 0.9]);
    expect(maxDifference(applied(textured(16), 'tone'), textured(16))).toBeLessThan(1e-6);
  });
});

describe('blur and sharpen', () => {
  test('blur keeps the mean, and a constant', () => {
    const image = textured(32);
    for (const radius of [0.5, 8, 40]) {
      expect(meanOf(applied(image, 'blur', { radius }).data)).toBeCloseTo(meanOf(image.data), 5);
    }
    expectColor(applied(plain(0.3, 0.5, 0.9), 'blur'), [0.3, 0.5, 0.9]);
  });

  test('blur of a point is the Gaussian of the given radius at 256 pixels', () => {
    const point = paint(64, (x, y) => (x === 32 && y === 32 ? [1, 1, 1] : [0, 0, 0]));
    const blurred = applied(point, 'blur', { radius: 8 });
    const gauss = (d2: number) => Math.exp(-d2 / (2 * 2 * 2)) / (2 * Math.PI * 2 * 2);
    for (const [x, y] of [
      [32, 32],
      [34, 32],
      [31, 35],
    ] as const) {
      expect(colorAt(blurred, x, y)[0]).toBeCloseTo(gauss((x - 32) ** 2 + (y - 32) ** 2), 3);
    }
  });

  test('blur is the sum over mirrored neighbors, whatever the sides', () => {
    const [width, height] = [13, 7];
    const data = textured(13).data.slice(0, width * height * 3);
    const sigma = 1.3;
    const blurred = applyEffects({ width, height, data }, [
      effect('blur', { radius: (sigma * 256) / width }),
    ]);
    const reach = Math.ceil(3 * sigma);
    const offsets = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
    const weights = offsets.map((offset) => Math.exp(-(offset ** 2) / (2 * sigma ** 2)));
    const total = weights.reduce((a, b) => a + b) ** 2;
    const inside = (at: number, length: number) =>
      at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at;
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      let sum = 0;
      for (const [j, dy] of offsets.entries()) {
        for (const [k, dx] of offsets.entries()) {
          const at = inside(y + dy, height) * width + inside(x + dx, width);
          sum += weights[j]! * weights[k]! * data[at * 3 + (i % 3)]!;
        }
      }
      expect(blurred.data[i]).toBeCloseTo(sum / total, 5);
    }
  });

  test('sharpen steepens an edge and leaves flat areas', () => {
    const step = paint(64, (x) => (x < 32 ? [0.4, 0.4, 0.4] : [0.6, 0.6, 0.6]));
    const sharp = applied(step, 'sharpen', { amount: 2 });
    expect(colorAt(sharp, 31, 30)[0]).toBeLessThan(0.38);
    expect(colorAt(sharp, 32, 30)[0]).toBeGreaterThan(0.62);
    expect(colorAt(sharp, 5, 30)[0]).toBeCloseTo(0.4, 4);
  });
});

describe('drawing and relief', () => {
  const step = paint(64, (x) => (x < 32 ? [0.2, 0.2, 0.2] : [0.8, 0.8, 0.8]));

  test('pencil sketch: paper is white, the dark side of an edge is a line', () => {
    const sketch = applied(step, 'pencilSketch');
    expect(colorAt(sketch, 60, 30)[0]).toBeGreaterThan(0.95);
    expect(colorAt(sketch, 5, 30)[0]).toBeGreaterThan(0.85);
    expect(colorAt(sketch, 31, 30)[0]).toBeLessThan(0.5);
  });

  test('edges: black where flat, white at a contour', () => {
    const contour = applied(step, 'edges');
    expect(colorAt(contour, 10, 30)).toEqual([0, 0, 0]);
    expect(colorAt(contour, 31, 30)).toEqual([1, 1, 1]);
  });

  test('emboss: slopes that face the upper left are lit, the others dark', () => {
    expectColor(applied(plain(0.3, 0.3, 0.3), 'emboss'), [0.5, 0.5, 0.5]);
    expect(colorAt(applied(step, 'emboss'), 31, 30)[0]).toBeGreaterThan(0.8);
    expect(colorAt(applied(applied(step, 'negative'), 'emboss'), 31, 30)[0]).toBeLessThan(0.2);
  });

  test('oil: noise goes, the edge stays', () => {
    const random = new Random(4);
    const noisy = paint(64, (x) => {
      const value = (x < 32 ? 0.2 : 0.8) + 0.1 * (random.uniform() - 0.5);
      return [value, value, value];
    });
    const painted = applied(noisy, 'oil', { radius: 12 });
    const left = Array.from({ length: 24 }, (_, i) => colorAt(painted, i, 30)[0]!);
    const spread = Math.max(...left) - Math.min(...left);
    expect(spread).toBeLessThan(0.06);
    expect(colorAt(painted, 31, 30)[0]).toBeLessThan(0.25);
    expect(colorAt(painted, 32, 30)[0]).toBeGreaterThan(0.75);
  });
});

describe('print', () => {
  test('pixelate: cells of one color, the mean of what they cover', () => {
    const image = textured(64);
    const cells = applied(image, 'pixelate', { cell: 32 });
    for (let y = 0; y < 64; y++) {
      for (let x = 0; x < 64; x++) {
        expect(colorAt(cells, x, y)).toEqual(colorAt(cells, x - (x % 8), y - (y % 8)));
      }
    }
    expect(meanOf(cells.data)).toBeCloseTo(meanOf(image.data), 5);
    const first = Array.from({ length: 64 }, (_, i) => colorAt(image, i % 8, Math.floor(i / 8))[0]!);
    expect(colorAt(cells, 3, 3)[0]).toBeCloseTo(first.reduce((a, b) => a + b) / 64, 5);
  });

  test('halftone: white paper stays white, black is all ink, tone is kept in between', () => {
    const cover = (value: number) =>
      (meanOf(
        applied(
          paint(128, () => [value, value, value]),
          'halftone',
          { cell: 16 },
        ).data,
      ) +
        1) /
      2;
    expect(cover(1)).toBeGreaterThan(0.98);
    expect(cover(0)).toBeLessThan(0.02);
    expect(cover(0.5)).toBeCloseTo(0.5, 1);
    expect(cover(0.3)).toBeLessThan(cover(0.4));
  });
});

describe('light and weather', () => {
  const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;

  test('vignette: the center stays, the corners darken', () => {
    const image = applied(plain(0.8, 0.8, 0.8), 'vignette', { strength: 1 });
    expect(colorAt(image, 8, 8)[0]).toBeCloseTo(0.8, 5);
    expect(colorAt(image, 0, 0)[0]).toBeLessThan(0.1);
  });

  test('fog is thicker at the top', () => {
    const image = applied(plain(0.1, 0.1, 0.1), 'fog');
    expect(colorAt(image, 8, 0)[0]).toBeGreaterThan(colorAt(image, 8, 15)[0]! + 0.1);
  });

  test('snow: a meadow turns white and colorless, a blue sky does not', () => {
    const meadow = colorAt(applied(plain(0.3, 0.5, 0.1), 'snow', { strength: 1 }), 8, 8);
    expect(Math.min(...meadow)).toBeGreaterThan(0.8);
    expect(Math.max(...meadow) - Math.min(...meadow)).toBeLessThan(0.05);
    const sky = colorAt(applied(plain(0.3, 0.5, 0.9), 'snow', { strength: 1 }), 8, 8);
    expect(sky[2]! - sky[0]!).toBeGreaterThan(0.1);
  });

  test('dusk: shadows turn blue, light at the horizon turns orange', () => {
    const [shadowR, , shadowB] = colorAt(applied(plain(0.1, 0.1, 0.1), 'dusk', { strength: 1 }), 8, 8);
    expect(shadowB).toBeGreaterThan(shadowR! * 1.5);
    const [lightR, , lightB] = colorAt(applied(plain(0.9, 0.9, 0.9), 'dusk', { strength: 1 }), 8, 8);
    expect(lightR).toBeGreaterThan(lightB! * 1.5);
  });

  test('night: a wall goes dark and blue, a lit window shines on', () => {
    const wall = colorAt(applied(plain(0.7, 0.7, 0.7), 'night', { strength: 1 }), 8, 8);
    expect(luminance(wall)).toBeLessThan(0.3);
    expect(wall[2]).toBeGreaterThan(wall[0]!);
    const lamp = colorAt(applied(plain(1, 0.9, 0.5), 'night', { strength: 1 }), 8, 8);
    expect(luminance(lamp)).toBeGreaterThan(0.85);
  });
});

test('a chain is applied in order', () => {
  const image = textured(16);
  const chain = [effect('posterize', { levels: 3 }), effect('sepia')];
  expect(applyEffects(image, chain)).toEqual(applied(applied(image, 'posterize', { levels: 3 }), 'sepia'));
  expect(maxDifference(applyEffects(image, chain), applyEffects(image, chain.toReversed()))).toBeGreaterThan(
    0.1,
  );
  expect(applyEffects(image, [])).toBe(image);
});
