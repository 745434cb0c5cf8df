import { expect, test } from 'vitest';
import { formatSize } from '../../src/extension/file-size.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1_500_000, '1.4 MiB'],
  [400 * 2 ** 20, '400 MiB'],
  [5000 * 2 ** 40, '5120000 GiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
