import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/data/safetensors.ts';
import { readCheckpoint, readCheckpointHeader, writeCheckpoint } from '../../src/models/checkpoint.ts';
import { UserError } from '../../src/project/user-error.ts';
import { plantValue } from '../data/planted-value.ts';
import { normalValues } from './eager.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  path = join(folder, 'checkpoint.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const architecture = { kind: 'base', generator: { channels: 64, norm: 'instance' }, lora: { ranks: {} } };
const groups = {
  generator: {
    values: normalValues(7, 1),
    moment1: normalValues(7, 2),
    moment2: normalValues(7, 3),
    stepCount: 12,
  },
  average: { values: normalValues(7, 4), stepCount: 12 },
  frozen: { values: new Float32Array(0), stepCount: 0 },
};

it('comes back to the bit', async () => {
  const extra = { stepsDone: 12, seconds: 0.1 + 0.2, concepts: ['Zombie', 'Öl'] };
  await writeCheckpoint(path, { architecture, groups, extra });
  expect(await readCheckpoint(path, architecture)).toEqual({ architecture, groups, extra });
});

it('does not mind the order of keys, nor absent against undefined', async () => {
  await writeCheckpoint(path, { architecture, groups, extra: {} });
  const reordered = {
    lora: { ranks: {} },
    generator: { norm: 'instance', channels: 64, blocks: undefined },
    kind: 'base',
  };
  expect((await readCheckpoint(path, reordered)).groups.generator!.stepCount).toBe(12);
});

it('refuses another architecture, naming both', async () => {
  await writeCheckpoint(path, { architecture, groups, extra: {} });
  const other = {
    ...architecture,
    generator: { channels: 32, norm: 'instance' },
    lora: { ranks: { us: 3 } },
  };
  const error = await readCheckpoint(path, other).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toContain('generator.channels is 64 in the file and 32 in the config');
  expect((error as Error).message).toContain('lora.ranks.us is absent in the file and 3 in the config');
});

it('says of a file that was cut that it has to be trained again, whatever is read of it', async () => {
  await writeCheckpoint(path, { architecture, groups, extra: {} });
  await truncate(path, 500);
  const again = /truncated: .*The file is damaged: delete it and train again\.$/;
  await expect(readCheckpointHeader(path)).rejects.toThrow(again);
  await expect(readCheckpoint(path, architecture)).rejects.toThrow(again);
});

it('refuses files that are something else or incomplete', async () => {
  await writeSafetensors(path, { x: { shape: [1], data: new Float32Array(1) } }, {});
  await expect(readCheckpoint(path, architecture)).rejects.toThrow(/not a checkpoint/);
  const metadata = { format: 'dnw-checkpoint', architecture: JSON.stringify(architecture), extra: '{}' };
  await writeSafetensors(path, {}, { ...metadata, stepCounts: '{"generator": 3}' });
  await expect(readCheckpoint(path, architecture)).rejects.toThrow(/generator is incomplete/);
  await writeSafetensors(path, {}, { ...metadata, stepCounts: '{' });
  await expect(readCheckpoint(path, architecture)).rejects.toThrow(/no readable stepCounts/);
});

it.each(['values', 'moment1', 'moment2'])('refuses %s that are not numbers', async (part) => {
  await writeCheckpoint(path, { architecture, groups, extra: {} });
  await plantValue(path, `generator.${part}`, 6, Number.NaN);
  await expect(readCheckpoint(path, architecture)).rejects.toThrow(
    new UserError(
      'not-finite',
      `${path}: tensor 'generator.${part}' has a value that is NaN. The file is damaged: delete it and train again.`,
    ),
  );
});
