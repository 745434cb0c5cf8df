import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeCheckpoint } from '../../../src/models/checkpoint.ts';
import { readRunCheckpoint, writeRunCheckpoint } from '../../../src/pipeline/training/run-checkpoint.ts';
import { UserError } from '../../../src/project/user-error.ts';
import { normalValues } from '../../models/eager.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

const architecture = { kind: 'base', generator: { channels: 4 } };
const groups = {
  generator: {
    values: normalValues(9, 1),
    moment1: normalValues(9, 2),
    moment2: normalValues(9, 3),
    stepCount: 12,
  },
  average: { values: normalValues(5, 4), stepCount: 12 },
};
const progress = { stepsDone: 12, seconds: 0.1 + 0.2, firstLosses: [0.5, 0.25] };
const data = { 'the base': 'b1', 'the pairs of snow': 'p1' };
const expected = { architecture, data, steps: 20, sizes: { generator: 9 } };

let path: string;
beforeEach(async () => {
  path = join(temporaryFolder(), 'checkpoint.safetensors');
  await writeRunCheckpoint(path, architecture, groups, progress, data);
});

const damage = (why: string) =>
  `${path}: this checkpoint is damaged: ${why}. Delete it and resume: training then begins at step 0.`;

test('a checkpoint comes back to the bit', async () => {
  expect(await readRunCheckpoint(path, expected)).toEqual({ groups, progress });
});

test('one of an earlier version, without digests of its data, is continued', async () => {
  for (const extra of [{ stepsDone: 3, seconds: 1 }, progress]) {
    await writeCheckpoint(path, { architecture, groups, extra });
    const read = await readRunCheckpoint(path, expected);
    expect(read).toEqual({ groups, progress: { firstLosses: [], ...extra } });
  }
});

describe('a damaged checkpoint is refused with the way out:', () => {
  test('a truncated one', async () => {
    truncateSync(path, 700);
    await expect(readRunCheckpoint(path, expected)).rejects.toThrow(damage('it cannot be read'));
    truncateSync(path, 0);
    await expect(readRunCheckpoint(path, expected)).rejects.toThrow(damage('it cannot be read'));
  });

  test('one with a flipped value', async () => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    await expect(readRunCheckpoint(path, expected)).rejects.toThrow(damage('it cannot be read'));
  });

  test.each([
    { stepsDone: -1, seconds: 0 },
    { stepsDone: 1.5, seconds: 0 },
    { stepsDone: 3, seconds: -1 },
    { stepsDone: '3', seconds: 1 },
    { seconds: 1 },
    { stepsDone: 3, seconds: 1, checksum: 'abc' },
  ])('one of an earlier version that says %j', async (extra) => {
    await writeCheckpoint(path, { architecture, groups, extra });
    await expect(readRunCheckpoint(path, expected)).rejects.toThrow(
      damage('what it says about the training cannot be true'),
    );
  });

  test('one past the end of the training', async () => {
    await expect(readRunCheckpoint(path, { ...expected, steps: 11 })).rejects.toThrow(
      damage('it is at step 12 of 11'),
    );
  });

  test('with any bit flipped, any byte changed, or any end cut off', async () => {
    const bytes = readFileSync(path);
    const change = fc.oneof(
      fc.record({ at: fc.nat(bytes.length - 1), xor: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ at: fc.nat(bytes.length - 1), xor: fc.nat(7).map((bit) => 2 ** bit) }),
      fc.record({ end: fc.nat(bytes.length - 1) }),
    );
    await fc.assert(
      fc.asyncProperty(change, async (made) => {
        const changed = Buffer.from(bytes);
        if ('at' in made) changed[made.at]! ^= made.xor;
        writeFileSync(path, 'end' in made ? changed.subarray(0, made.end) : changed);
        const read = await readRunCheckpoint(path, expected).catch((error: unknown) => error);
        // Padding and the format of unused metadata may change without any effect.
        if (!(read instanceof Error)) expect(read).toEqual({ groups, progress });
        else expect(read).toBeInstanceOf(UserError);
      }),
      { numRuns: 400 },
    );
  });
});

test('a checkpoint of other data is refused, naming what changed', async () => {
  const other = { ...data, 'the pairs of snow': 'p2', 'the pairs of fog': 'p3' };
  await expect(readRunCheckpoint(path, { ...expected, data: other })).rejects.toThrow(
    `${path}: changed since this training began: the pairs of snow, the pairs of fog. Start a new run; ` +
      'or delete this checkpoint and resume: training then begins at step 0.',
  );
});

test('one of an earlier version whose groups have other sizes is refused', async () => {
  await writeCheckpoint(path, { architecture, groups, extra: { stepsDone: 3, seconds: 1 } });
  const sizes = { generator: 9, 'prompt-map': 4 };
  await expect(readRunCheckpoint(path, { ...expected, sizes })).rejects.toThrow(
    `${path}: it has 0 values of prompt-map, but this training has 4.`,
  );
});

test('a checkpoint of another training in its place is named as that', async () => {
  const other = { ...architecture, kind: 'another' };
  await expect(readRunCheckpoint(path, { ...expected, architecture: other })).rejects.toThrow(
    /^.*checkpoint\.safetensors: a checkpoint of another training: .*kind is .* in the file and "another" in the config.*\. Start a new run; or delete this checkpoint and resume/,
  );
});
