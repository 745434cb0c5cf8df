import { promises } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiskView } from '../../src/project/disk/disk-view.ts';
import { filesBelow } from '../../src/project/disk/walk.ts';
import { loadProject } from '../../src/project/load.ts';
import { temporaryProject } from './temporary-project.ts';

/** Lets the reading of a folder fail for the time of one test, which may run as root, whom no permission stops. */
function makeUnreadable(folder: string): void {
  const { readdir } = promises;
  promises.readdir = ((path: string, ...options: []) =>
    path === folder
      ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES', path }))
      : readdir(path, ...options)) as typeof readdir;
  syncBuiltinESMExports();
  onTestFinished(() => {
    promises.readdir = readdir;
    syncBuiltinESMExports();
  });
}

const CONCEPT = 'prompt: snow\npairs: { source: ../images, target: { effect: snow } }\n';

async function found(folder: string) {
  const { files, passedOver } = await filesBelow(folder);
  const short = (path: string) => path.slice(folder.length + 1);
  return [files.map(short).sort(), passedOver.map(({ file }) => short(file)).sort()];
}

test('links that lead back up are not followed, and every other folder is looked at once', async () => {
  const folder = await temporaryProject({
    'c/a.yaml': '',
    'c/sub/b.yaml': '',
    'c/z/real.yaml': '',
    'elsewhere/x.yaml': '',
    'elsewhere/deep/y.yaml': '',
  });
  const at = (...names: string[]) => join(folder, ...names);
  const link = async (target: string, ...names: string[]) => symlink(target, at(...names));
  await link('..', 'c', 'loop');
  await link('.', 'c', 'self');
  await link('../..', 'c', 'sub', 'up');
  // The folder itself is looked at, not the link that comes before it.
  await link('z', 'c', 'before');
  // Outside, with a circle there and a link back.
  await link(at('elsewhere'), 'c', 'other');
  await link(at('elsewhere', 'deep'), 'c', 'deeper');
  await link(at('elsewhere'), 'elsewhere', 'deep', 'circle');
  await link(at('c'), 'elsewhere', 'back');
  // Two that lead to each other, one to itself, and one to nowhere.
  await link('q', 'c', 'p');
  await link('p', 'c', 'q');
  await link('nowhere', 'c', 'n.yaml');
  const [files, passedOver] = await found(at('c'));
  expect(files).toEqual([
    'a.yaml',
    'deeper/y.yaml',
    'n.yaml',
    'other/x.yaml',
    'p',
    'q',
    'sub/b.yaml',
    'z/real.yaml',
  ]);
  expect(passedOver).toEqual(['deeper/circle', 'loop', 'other/back', 'self', 'sub/up']);
});

test('a circle among concepts makes no problem', async () => {
  const folder = await temporaryProject({
    'images/a.png': '',
    'images/b.png': '',
    'concepts/a.concept.yaml': CONCEPT,
  });
  await symlink('..', join(folder, 'concepts', 'loop'));
  await mkdir(join(folder, 'concepts', 'empty'));
  const { concepts, problems } = await loadProject(folder);
  expect([concepts.map(({ name }) => name), problems]).toEqual([['a'], []]);
});

test('a folder that cannot be read is named, not the one that contains it', async () => {
  const folder = await temporaryProject({ 'src/sub/a.png': '', 'concepts/sub/a.concept.yaml': CONCEPT });
  const [source, concepts] = [join(folder, 'src', 'sub'), join(folder, 'concepts', 'sub')];
  makeUnreadable(source);
  expect(await new DiskView().images(`${folder}/src/**`)).toEqual({
    reason: 'permission denied',
    path: source,
    code: 'EACCES',
  });
  const withImages = join(folder, 'concepts', 'b.concept.yaml');
  await writeFile(withImages, 'prompt: b\npairs: { source: "../src/**", target: { effect: fog } }\n');
  const { problems } = await loadProject(folder);
  expect(problems.filter(({ file }) => file === withImages)).toMatchObject([
    {
      code: 'DNW-181',
      message: `${source}: permission denied.`,
      remedy: 'Check the permissions: it and the folders above it have to be readable.',
      replacements: [],
    },
  ]);
  makeUnreadable(concepts);
  await expect(loadProject(folder)).rejects.toMatchObject({ path: concepts });
});
