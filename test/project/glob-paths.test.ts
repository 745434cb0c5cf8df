import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, folderOf, isGlob, listImages } from '../../src/project/disk/image-files.ts';
import { loadProject } from '../../src/project/load.ts';
import { temporaryProject } from './temporary-project.ts';

describe('the wildcards in the names of existing folders are letters', () => {
  test.each(['a[1]', '{a,b}', '*', 'what?', '[', '**'])('a project in %s', async (name) => {
    const folder = await temporaryProject({
      [`${name}/concepts/fog.concept.yaml`]:
        'prompt: fog\npairs: { source: "../photos/**/*.png", target: { effect: fog } }\n',
      [`${name}/concepts/gone.concept.yaml`]:
        'prompt: gone\npairs: { source: "../gone", target: { effect: fog } }\n',
      [`${name}/photos/1.png`]: '',
      [`${name}/photos/b/2.png`]: '',
      'a1/photos/not-mine.png': '',
      'a/photos/not-mine.png': '',
    });
    const { concepts, problems } = await loadProject(join(folder, name));
    const photos = join(folder, name, 'photos');
    const { files } = await listImages(`${photos}/**/*.png`);
    expect(files).toEqual([join(photos, '1.png'), join(photos, 'b', '2.png')]);
    expect(concepts.map((concept) => concept.name)).toEqual(['fog', 'gone']);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(join(folder, name, 'gone')),
    ]);
    expect(folderOf(`${photos}/**/*.png`)).toBe(photos);
    expect(isGlob(photos)).toBe(false);
  });

  test('a pattern finds the same below any folder, and covers what it finds', async () => {
    const names = fc.constantFrom('p', 'a[1]', '{x', '*.png', '?', 'b]');
    const patterns = fc.constantFrom('*', '**', '**/*', '*/*.png', 'x/?.png', '[xy]/**', '{x,y}/1.*', '1*');
    const files = ['1.png', 'x/1.png', 'x/2.jpg', 'y/1.png', 'y/z/3.png'];
    await fc.assert(
      fc.asyncProperty(names, patterns, async (name, pattern) => {
        const below = (root: string) => Object.fromEntries(files.map((file) => [`${root}/${file}`, '']));
        const folder = await temporaryProject({ ...below('plain'), ...below(name) });
        const found = async (root: string) => {
          const base = join(folder, root);
          const listed = await listImages(join(base, pattern)).then(
            ({ files }) => files,
            () => [],
          );
          const paths = files.map((file) => join(base, file));
          const covered = await Promise.all(paths.map((path) => covers(join(base, pattern), path)));
          expect(paths.filter((_, i) => covered[i])).toEqual(listed);
          return listed.map((path) => path.slice(base.length));
        };
        expect(await found(name)).toEqual(await found('plain'));
      }),
      { numRuns: 60 },
    );
  });
});
