import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pairPreview } from '../../../src/extension/language/pair-preview.ts';
import { DiskView } from '../../../src/project/disk/disk-view.ts';
import { ImageSources } from '../../../src/project/images/image-sources.ts';
import { parseYaml } from '../../../src/project/yaml/parse.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

test('the pictures of edited images are the counterparts that the stages pair', async () => {
  const folder = temporaryFolder();
  // Two of a name: only their full names pair them.
  const images = ['b.png', 'c.png', 'm.jpg', 'm.png', 'z.png'];
  for (const side of ['from', 'to']) {
    mkdirSync(join(folder, side));
    for (const image of images) writeFileSync(join(folder, side, image), '');
  }
  const text = 'prompt: a\npairs:\n  source: from\n  target: {folder: to}\n';
  const document = parseYaml(join(folder, 'a.concept.yaml'), text);
  const sources = await ImageSources.of(folder, new DiskView());
  const shown = async (side: string) =>
    (await pairPreview(document, ['pairs', side], sources))?.match(/\w+\.\w+(?=\|)/g);
  expect(await shown('source')).toEqual(['b.png', 'm.jpg', 'z.png']);
  expect(await shown('target')).toEqual(['b.png', 'm.jpg', 'z.png']);
});
