import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine } from './engine-process.ts';
import { makeProject } from './example-project.ts';

const TINY = `extends: preset:fast
device: cpu
image: {size: 16, train: 4, test: 1}
generator: {channels: 4, transformerHeads: 2}
discriminator: {channels: 4}
base: {steps: 1, batchSize: 1}
`;

test('training leaves no file in the user’s folders: ONNX Runtime keeps no events to report', async () => {
  const project = await makeProject();
  writeFileSync(join(project, 'tiny.training.yaml'), TINY);
  const user = temporaryFolder();
  const folders = ['home', 'cache', 'temporary'].map((name) => join(user, name));
  for (const folder of folders) mkdirSync(folder);
  const [home, cache, temporary] = folders;
  const env = {
    ...{ HOME: home, USERPROFILE: home, LOCALAPPDATA: cache, XDG_CACHE_HOME: cache },
    ...{ TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    ORT_DISABLE_TELEMETRY: undefined,
  };
  const engine = await Engine.build();
  const { code, stderr } = await engine.run(['train-base', '--project', project], { env });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(user, { recursive: true }).toSorted()).toEqual(['cache', 'home', 'temporary']);
});

/** System calls of a program that reach for the network or look up a name, as strace tells them. */
function reaching(args: readonly string[]): { status: number | null; calls: string[] } {
  const log = join(temporaryFolder(), 'calls');
  const trace = ['-f', '--seccomp-bpf', '-e', 'trace=network', '-o', log];
  const { status } = spawnSync('strace', [...trace, process.execPath, ...args], {
    env: { ...process.env, ORT_DISABLE_TELEMETRY: undefined },
  });
  const calls = readFileSync(log, 'utf8').split('\n');
  return { status, calls: calls.filter((call) => /AF_INET|AF_NETLINK|nscd|resolve/.test(call)) };
}

const canTrace =
  process.platform === 'linux' && spawnSync('strace', ['--seccomp-bpf', '-f', 'true']).status === 0;

test.skipIf(!canTrace)('training connects to nothing and looks up no name', async () => {
  const project = await makeProject();
  writeFileSync(join(project, 'tiny.training.yaml'), TINY);
  const { program } = await Engine.build();
  expect(reaching([program, 'train-base', '--project', project])).toEqual({ status: 0, calls: [] });
  // What is looked for is seen where it happens.
  expect(reaching(['-e', "require('node:dns').lookup('example.invalid', () => {})"]).calls).not.toEqual([]);
});
