import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Engine } from './engine-process.ts';
import { makeProject } from './example-project.ts';

let engine: Engine;
let project: string;

beforeAll(async () => {
  engine = await Engine.build();
  project = await makeProject();
  writeFileSync(join(project, 'paper.training.yaml'), 'extends: preset:paper\n');
});

const run = (...args: string[]) => engine.run(['describe', '--project', project, ...args]);

describe('dnw describe', () => {
  test('prints parameters and epochs of the paper preset beside the published ones', async () => {
    const { code, stdout } = await run('--training', 'paper');
    expect(stdout).toMatch(/^parameters, Pix2pix generator +11,378,179 +11\.378 M +Pix2pix's code/m);
    expect(stdout).toMatch(/^parameters, weight denoiser +[\d,]+ +- +-$/m);
    expect(stdout).toMatch(/^fine-tune: a new concept +500 +16 +20 +20 +[\d.]+ +[\d.]+e\d+ +-$/m);
    expect(stdout).toMatch(
      /^evaluate: Pix2pix from scratch +80,000 +1 +200 +200 +[\d.]+ +[\d.]+e\d+ +2\.8e16$/m,
    );
    expect(code).toBe(0);
  });

  test('prints no published number for small networks, and changes nothing in the project', async () => {
    const { code, stdout } = await run('--training', 'tiny');
    expect(stdout).toMatch(/^trained values, LoRA +[\d,]+ +- +-$/m);
    expect(code).toBe(0);
    expect((await engine.run(['runs', '--project', project])).stderr).toContain('No runs yet.');
  });

  test('--json prints one object and nothing else', async () => {
    const { code, stdout, stderr } = await run('--training', 'tiny', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      training: 'tiny',
      figures: expect.arrayContaining([
        expect.objectContaining({ what: 'weights per block', value: 256, unit: 'count' }),
      ]),
      stages: expect.arrayContaining([
        expect.objectContaining({ stage: 'fine-tune', steps: 100, batchSize: 4, epochs: 100 }),
      ]),
    });
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 });
  });

  test('a config whose sizes do not fit is refused with its place', async () => {
    writeFileSync(
      join(project, 'odd.training.yaml'),
      'extends: preset:paper\nweightGenerator: {blockSize: 250}\n',
    );
    const { code, stderr } = await run('--training', 'odd');
    expect(stderr).toMatch(/odd\.training\.yaml:2:\d+: error: Blocks of 250 weights/);
    expect(code).toBe(2);
  });
});
