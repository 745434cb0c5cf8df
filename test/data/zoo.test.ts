import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/data/safetensors.ts';
import { listMembers, readMember, writeMember, type ZooMember } from '../../src/data/zoo.ts';
import { UserError } from '../../src/project/user-error.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoo-'));
});
afterAll(() => rm(folder, { recursive: true }));

const member: ZooMember = {
  concept: 'sepia',
  prompt: 'a sepia photo — “old”',
  baseHash: '0123456789ab',
  layout: { entries: [{ name: 'us.up', shape: [1, 2], offset: 0, size: 2 }], size: 2 },
  steps: 120,
  checkpoints: [Float32Array.of(1, 2), Float32Array.of(3, 4)],
  discriminator: Float32Array.of(5, 6, 7),
};

test('a member comes back as it was written, with and without a discriminator', async () => {
  const path = join(folder, 'new', 'base', 'sepia.safetensors');
  await writeMember(path, member);
  expect(await readMember(path)).toEqual(member);
  const { discriminator: _, ...without } = member;
  await writeMember(path, without);
  expect(await readMember(path)).toEqual(without);
});

test('members are listed by concept; no folder is an empty zoo', async () => {
  const zoo = join(folder, 'listed');
  expect(await listMembers(zoo)).toEqual([]);
  // The last is what macOS writes next to a file on other disks.
  for (const name of ['snow', 'a.b', 'negative', '._snow']) {
    await writeMember(join(zoo, `${name}.safetensors`), member);
  }
  expect(await listMembers(zoo)).toEqual(
    ['a.b', 'negative', 'snow'].map((concept) => ({ concept, path: join(zoo, `${concept}.safetensors`) })),
  );
});

test('files that are no members are refused with what is missing', async () => {
  const path = join(folder, 'odd.safetensors');
  const metadata = {
    concept: 'a',
    prompt: 'b',
    baseHash: 'c',
    layout: JSON.stringify(member.layout),
    steps: '3',
  };
  const checkpoint = { shape: [2], data: Float32Array.of(1, 2) };
  const cases: [Parameters<typeof writeSafetensors>[1], Record<string, string>, RegExp][] = [
    [{}, {}, /metadata lacks concept, prompt/],
    [{}, metadata, /it has no checkpoint\.0/],
    [{ 'checkpoint.0': checkpoint }, { ...metadata, layout: '{' }, /layout cannot be read/],
    [{ 'checkpoint.0': checkpoint }, { ...metadata, layout: '{"size":2}' }, /layout cannot be read/],
    [
      { 'checkpoint.0': { shape: [3], data: new Float32Array(3) } },
      metadata,
      /has 3 values, but its layout 2/,
    ],
    [
      { 'checkpoint.0': { shape: [2], data: Int32Array.of(1, 2) } },
      metadata,
      /checkpoint\.0 is I32, not F32/,
    ],
  ];
  for (const [tensors, written, reason] of cases) {
    await writeSafetensors(path, tensors, written);
    const error = await readMember(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(reason);
  }
});
