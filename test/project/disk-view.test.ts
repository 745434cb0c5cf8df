import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskView } from '../../src/project/disk/disk-view.ts';
import { readProjectFiles } from '../../src/project/files/project-files.ts';
import { checkProject } from '../../src/project/load.ts';
import { parseYaml } from '../../src/project/yaml/parse.ts';
import { readYaml } from '../../src/project/yaml/read.ts';
import { rememberingReader } from '../../src/project/yaml/remembering-reader.ts';
import { temporaryProject } from './temporary-project.ts';

const CONCEPT = 'prompt: snow\npairs: { source: ../images, target: { effect: snow } }\n';

async function threeConcepts(): Promise<string> {
  return temporaryProject({
    'images/a.png': '',
    'images/b.png': '',
    'concepts/a.concept.yaml': CONCEPT,
    'concepts/b.concept.yaml': CONCEPT.replace('snow', 'b'),
    'concepts/c.concept.yaml': CONCEPT.replace('snow', 'c'),
    'a.training.yaml': 'extends: preset:fast\n',
  });
}

test('a second check of one view reads no file again, and sees what is open', async () => {
  const folder = await threeConcepts();
  const read: string[] = [];
  const view = new DiskView((path) => {
    read.push(path.slice(folder.length + 1));
    return readYaml(path);
  });
  const check = async (open: Record<string, string> = {}) => {
    const texts = Object.entries(open).map(([name, text]) => {
      const path = join(folder, name);
      return [path, parseYaml(path, text)] as const;
    });
    return (await checkProject(await readProjectFiles(folder, view, new Map(texts)), view)).problems;
  };
  expect(await check()).toEqual([]);
  expect(read.sort()).toEqual([
    'a.training.yaml',
    'concepts/a.concept.yaml',
    'concepts/b.concept.yaml',
    'concepts/c.concept.yaml',
  ]);
  read.length = 0;
  // What is on disk by now is not looked at.
  await writeFile(join(folder, 'concepts/b.concept.yaml'), 'promt: x\n');
  await rm(join(folder, 'images'), { recursive: true });
  const problems = await check({
    'concepts/a.concept.yaml': CONCEPT.replace('effect: snow', 'effect: snwo'),
  });
  expect(problems.map(({ kind, file }) => [kind, file.slice(folder.length + 1)])).toEqual([
    ['invalid-value', 'concepts/a.concept.yaml'],
  ]);
  expect(read).toEqual([]);
});

test('a new view sees the disk as it is', async () => {
  const folder = await threeConcepts();
  const problems = async () => {
    const view = new DiskView();
    return (await checkProject(await readProjectFiles(folder, view, new Map()), view)).problems;
  };
  expect(await problems()).toEqual([]);
  await rm(join(folder, 'images'), { recursive: true });
  expect((await problems()).map(({ kind }) => kind)).toEqual([
    'missing-path',
    'missing-path',
    'missing-path',
  ]);
});

test('a remembering reader parses a file again only when it has changed, and forgets it when it is gone', async () => {
  const folder = await threeConcepts();
  const read = rememberingReader();
  const path = join(folder, 'concepts/a.concept.yaml');
  const first = await read(path);
  expect(await read(path)).toBe(first);
  await writeFile(path, `${CONCEPT}name: other\n`);
  expect((await read(path)).value).toMatchObject({ name: 'other' });
  await rm(path);
  expect((await read(path)).problems.map(({ kind }) => kind)).toEqual(['unreadable']);
});
