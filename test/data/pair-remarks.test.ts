import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  alignedRemarks,
  enlargedRemarks,
  haveSameShape,
  shapeDifference,
} from '../../src/data/pair-remarks.ts';

const size = (width: number, height: number) => ({ width, height });

test.each([
  [size(80, 40), size(64, 64), false],
  [size(80, 40), size(40, 80), false],
  [size(4000, 3000), size(1024, 768), true],
  [size(4032, 3024), size(1000, 740), false],
  // One pixel of rounding, in the smaller image.
  [size(1001, 667), size(500, 333), true],
  [size(64, 64), size(64, 63), true],
  [size(64, 64), size(64, 61), false],
])('%j and %j', (a, b, same) => {
  expect([haveSameShape(a, b), haveSameShape(b, a)]).toEqual([same, same]);
});

test('an image and itself scaled, rounded in any way, have one shape', () => {
  const side = fc.integer({ min: 8, max: 6000 });
  const rounding = fc.constantFrom(Math.floor, Math.round, Math.ceil);
  fc.assert(
    fc.property(
      side,
      side,
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      rounding,
      (width, height, scale, round) => {
        const whole = size(width, height);
        const scaled = size(Math.max(1, round(width * scale)), Math.max(1, round(height * scale)));
        expect(haveSameShape(whole, scaled) && haveSameShape(scaled, whole)).toBe(true);
      },
    ),
  );
});

test('a pair of different shapes cannot be used unless both images are stretched', () => {
  const [wide, square] = [size(80, 40), size(64, 64)];
  expect(shapeDifference(wide, square, 'contain')).toMatch(
    /^its shape \(64x64\) differs from its source image’s \(80x40\): padded to squares/,
  );
  expect(shapeDifference(wide, square, 'fill')).toBeUndefined();
  expect(shapeDifference(wide, size(40, 20), 'cover')).toBeUndefined();
});

test('many aligned images make one remark, which names some and counts the rest', () => {
  const images = Array.from({ length: 12 }, (_, i) => ({ name: `${i}.png`, size: size(64, 64) }));
  const [remark, ...others] = alignedRemarks(images);
  expect(others).toEqual([]);
  expect(remark!.message).toMatch(/0\.png \(64x64\), .* and 7 more\. An aligned image/);
});

test('images that are enlarged before they are cropped are named', () => {
  const images = [
    { name: 'wide.png', size: size(90, 40) },
    { name: 'large.png', size: size(64, 64) },
  ];
  const remarks = (fit: 'cover' | 'contain') => enlargedRemarks(images, { size: 64, fit });
  expect(remarks('contain')).toEqual([]);
  expect(remarks('cover')).toEqual([
    {
      level: 'warning',
      message: expect.stringMatching(
        /^smaller than image\.crop\.from \(64\), and enlarged: wide\.png \(90x40\)\. /,
      ),
    },
  ]);
});

test('aligned images are about twice as wide as high', () => {
  const of = (width: number, height: number) =>
    alignedRemarks([{ name: 'a.png', size: size(width, height) }]);
  expect([of(512, 256), of(513, 256), of(400, 200)]).toEqual([[], [], []]);
  expect(of(256, 256)[0]!.message).toMatch(/^not about twice as wide as high: a\.png \(256x256\)/);
});
