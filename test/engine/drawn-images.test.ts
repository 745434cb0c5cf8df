import { readdirSync, writeFileSync } from 'node:fs';
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

test('the first stage of the example project draws its images', async () => {
  const project = join(temporaryFolder(), 'example');
  copyExampleProject(project);
  const { code, stderr } = await engine.run(prepare(project));
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(readdirSync(join(project, 'images'))).toHaveLength(160);
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
