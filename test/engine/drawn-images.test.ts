import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { copyExampleProject } from '../../scripts/example-project.mjs';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine } from './engine-process.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.build();
});

const prepare = (project: string) => ['prepare', '--project', project, '--concept', 'sepia-fog'];

test.each([
  ['as the example project has it', undefined, 160, 'fjord-01.jpg'],
  // Earlier versions had nothing else.
  ['drawn scenes', { folder: 'images', count: 32, seed: 1 }, 32, 'scene-0001.jpg'],
])('the first stage of a project makes its images, %s', async (_, images, count, name) => {
  const project = join(temporaryFolder(), 'example');
  copyExampleProject(project);
  if (images) {
    writeFileSync(join(project, 'drawn-images.json'), JSON.stringify(images));
    // Its own pattern is about photographs.
    const config = join(project, 'quickstart.training.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^ +testOnly:.*$/m, ''));
  }
  const { code, stderr } = await engine.run(prepare(project));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(readdirSync(join(project, 'images'))).toHaveLength(count);
  expect(readdirSync(join(project, 'images'))).toContain(name);
  expect(readdirSync(join(project, '.dnw', 'pairs'))).toHaveLength(1);
});

test('a mistake in drawn-images.json is named with what belongs there', async () => {
  const project = join(temporaryFolder(), 'example');
  copyExampleProject(project);
  writeFileSync(join(project, 'drawn-images.json'), '{ "folder": "images" }');
  const { code, stderr } = await engine.run(prepare(project));
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/drawn-images\.json should look like .*count/s);
});
