import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageFromBytes } from '../../src/data/image-values.ts';
import { Random } from '../../src/data/random.ts';
import { resampled, resizedRows } from '../../src/data/resampling.ts';

test('rows are those of the image that is resized whole', () => {
  const side = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(side, side, side, side, (width, height, newWidth, newHeight) => {
      const random = new Random(width + 20 * height);
      const image = imageFromBytes(
        Uint8Array.from({ length: width * height * 3 }, () => random.int(256)),
        width,
        height,
      );
      const whole = resampled(image, newWidth, newHeight, 'bicubic');
      const rowAt = resizedRows(image, newWidth, newHeight, 'bicubic');
      for (let row = 0; row < newHeight; row++) {
        const expected = whole.subarray(row * newWidth * 3, (row + 1) * newWidth * 3);
        rowAt(row).forEach((value, i) => {
          expect((value + 1) * 127.5).toBeCloseTo(expected[i]!, 2);
        });
      }
    }),
    { numRuns: 40 },
  );
});
