import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readRunState, storedQuality, writeRunState } from '../../src/pipeline/run-state.ts';
import { UserError } from '../../src/project/user-error.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const schema = z.array(z.object({ concept: z.string(), psnr: storedQuality }));
const value = [
  { concept: 'Öl', psnr: 20.1 + 0.2 },
  { concept: 'fog', psnr: Number.POSITIVE_INFINITY },
];
const read = (path: string) => readRunState(path, schema, 'every concept is then collected again');

test('what a run has done comes back, also from a file of an earlier version', async () => {
  const path = join(temporaryFolder(), 'collected.json');
  expect(await read(path)).toBeUndefined();
  await writeRunState(path, value);
  expect(await read(path)).toEqual(value);
  writeFileSync(path, JSON.stringify(value));
  expect(await read(path)).toEqual(value);
});

test.each(['', '{', 'null', '7', '[{"concept":"fog"}]', '[{"concept":"fog","psnr":"9"}]', '{"value":[]}'])(
  'a file that holds %j is refused with the way out',
  async (text) => {
    const path = join(temporaryFolder(), 'collected.json');
    writeFileSync(path, text);
    await expect(read(path)).rejects.toThrow(
      new UserError(
        'damaged-file',
        `${path}: damaged. Delete it and resume: every concept is then collected again.`,
      ),
    );
  },
);

test('with any byte changed, it is refused, or says the same', async () => {
  const path = join(temporaryFolder(), 'collected.json');
  await writeRunState(path, value);
  const bytes = readFileSync(path);
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(change, async ([at, xor]) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= xor;
      writeFileSync(path, changed);
      const found = await read(path).catch((error: unknown) => error);
      if (found instanceof Error) expect(found).toBeInstanceOf(UserError);
      else expect(found).toEqual(value);
    }),
    { numRuns: 300 },
  );
});
