import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadImage } from '../../src/data/images.ts';
import { isOwnFile } from '../../src/data/own-files.ts';
import { readSafetensors } from '../../src/data/safetensors.ts';
import { TensorReader } from '../../src/data/tensor-reader.ts';
import { readWrittenPrompts } from '../../src/data/zoo-prompts.ts';
import { withFeatureNetwork } from '../../src/pipeline/metrics/feature-network.ts';
import { hashFile } from '../../src/project/disk/file-hash.ts';
import { readText } from '../../src/project/disk/regular-file.ts';
import { readSafetensorsHeader } from '../../src/project/disk/safetensors-header.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { UserError } from '../../src/project/user-error.ts';
import { readYaml } from '../../src/project/yaml/read.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** What a path may lead to in place of a file: opening or reading some of it would never end. */
const SPECIAL: Record<string, (path: string) => unknown> = {
  'a folder': (path) => mkdirSync(path),
  'a named pipe': (path) => execFileSync('mkfifo', [path]),
  'endless zeros': (path) => symlinkSync('/dev/zero', path),
  'endless noise': (path) => symlinkSync('/dev/random', path),
  'a terminal': (path) => symlinkSync('/dev/tty', path),
  'a socket': async (path) => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(path, listening));
    closers.push(() => new Promise((closed) => server.close(closed)));
  },
  'a circular link': (path) => symlinkSync(path, path),
};

/** Everything that reads a file whose path comes from a user. */
const READERS: Record<string, (path: string) => Promise<unknown>> = {
  'x.safetensors': readSafetensors,
  'header.safetensors': readSafetensorsHeader,
  'tensor.safetensors': (path) => TensorReader.with(path, undefined, async (reader) => reader.tensor('x')),
  'base.safetensors': hashFile,
  'photo.png': (path) => loadImage(path, { size: 16 } as never),
  'prompts.yaml': (path) => readWrittenPrompts(join(path, '..'), []),
  'network.onnx': (path) =>
    withFeatureNetwork(
      path,
      { resize: 'area', range: '0..1' } as never,
      { device: 'cpu' } as never,
      async () => 0,
    ),
  'state.json': (path) => readText(path),
  'fast.training.yaml': async (path) => {
    const { problems } = await readYaml(path);
    throw new UserError('unreadable', formatProblem(problems[0]!));
  },
};

describe.each(Object.keys(SPECIAL))('%s', (kind) => {
  test.each(Object.keys(READERS))(
    'in the place of %s is refused by name, and nothing waits for it',
    async (name) => {
      const path = join(temporaryFolder(), name);
      await SPECIAL[kind]!(path);
      const refused = READERS[name]!(path);
      if (kind === 'a circular link' && name === 'prompts.yaml') {
        // As with any link that leads nowhere, there is no such file.
        expect(await refused).toEqual({ prompts: new Map() });
        return;
      }
      await expect(refused).rejects.toThrow(path);
      await expect(refused).rejects.toBeInstanceOf(UserError);
    },
  );

  test('is not our own file', async () => {
    const path = join(temporaryFolder(), 'x.png');
    await SPECIAL[kind]!(path);
    expect(await isOwnFile(path)).toBe(false);
  });
});
