import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Image, imageToBytes } from '../../src/data/image-values.ts';
import { openPairs, type PairSource } from '../../src/data/pairs.ts';
import { editorsOn } from '../../src/pipeline/image-editors/image-editors.ts';
import type { LoadedConcept } from '../../src/project/project.ts';
import { type ConceptConfig, conceptSchema } from '../../src/project/schema/concept-schema.ts';
import { trainingSchema } from '../../src/project/schema/training-schema.ts';
import { UserError } from '../../src/project/user-error.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pairs-'));
});
afterEach(() => rm(folder, { recursive: true }));

function concept(pairs: unknown): LoadedConcept {
  const config: ConceptConfig = conceptSchema.parse({ prompt: 'a test', pairs });
  return {
    path: join(folder, 'x.concept.yaml'),
    name: 'x',
    prompt: 'a test',
    tags: [],
    pairs: config.pairs,
    config,
  };
}

const at = (...names: string[]) => join(folder, ...names);

async function picture(path: string, background: string, width = 20, height = 20): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background } }).toFile(at(path));
}

const OPTIONS = { size: 8, fit: 'cover' } as const;

const open = (pairs: unknown) => openPairs(concept(pairs), editorsOn(trainingSchema.parse({})));

async function firstColors(opened: PairSource, index = 0): Promise<[number[], number[]]> {
  const { refs } = await opened.list();
  const source = await opened.loadSource(refs[index]!, OPTIONS);
  const targets = await opened.openTargets();
  const [target] = await targets.load([{ ref: refs[index]!, source }], OPTIONS, new AbortController().signal);
  await targets.dispose();
  return [[...imageToBytes(source).subarray(0, 3)], [...imageToBytes(target as Image).subarray(0, 3)]];
}

describe('effects', () => {
  test('the target is the effect of the source; only images of the folder itself are taken', async () => {
    await picture('photos/b.png', '#ff0000');
    await picture('photos/a.png', '#0a141e');
    await picture('photos/below/c.png', '#000000');
    await writeFile(at('photos', 'notes.txt'), 'no image');
    const opened = open({ source: at('photos'), target: { effect: 'negative' } });
    expect((await opened.list()).refs.map(({ name }) => name)).toEqual(['a.png', 'b.png']);
    expect(await firstColors(opened)).toEqual([
      [10, 20, 30],
      [245, 235, 225],
    ]);
  });

  test('a glob reaches subfolders, and names are paths below its fixed part', async () => {
    await picture('photos/a.png', '#ff0000');
    await picture('photos/one/b.jpg', '#ff0000');
    await picture('photos/one/two/c.webp', '#ff0000');
    const opened = open({ source: at('photos', '**'), target: { effect: 'sepia' } });
    expect((await opened.list()).refs.map(({ name }) => name)).toEqual([
      'a.png',
      'one/b.jpg',
      'one/two/c.webp',
    ]);
  });
});

describe('edited images in a folder', () => {
  test('are matched by name without extension, in the same subfolder; what has no partner is said', async () => {
    await picture('photos/a.png', '#ff0000');
    await picture('photos/b.png', '#ff0000');
    await picture('photos/one/a.png', '#00ff00');
    await picture('photos/one/d.png', '#00ff00');
    await picture('photos/two/e.png', '#00ff00');
    await picture('edited/a.jpg', '#0000ff');
    await picture('edited/one/a.tiff', '#ffff00');
    await picture('edited/one/d.png', '#ffff00');
    await picture('edited/one/d.jpg', '#ffff00');
    await picture('edited/stranger.png', '#ffff00');
    const opened = open({ source: at('photos', '**'), target: { folder: at('edited') } });
    const { refs, skipped } = await opened.list();
    expect(refs.map(({ name, target }) => [name, target])).toEqual([
      ['a.png', at('edited', 'a.jpg')],
      ['one/a.png', at('edited', 'one', 'a.tiff')],
    ]);
    const reasons = Object.fromEntries(skipped.map(({ file, reason }) => [file, reason]));
    expect(reasons[at('photos', 'b.png')]).toBe(`no edited image is named b.* in ${at('edited')}`);
    expect(reasons[at('photos', 'one', 'd.png')]).toBe('several edited images have this name: d.jpg, d.png');
    expect(reasons[at('photos', 'two', 'e.png')]).toMatch(/no edited image/);
    expect(reasons[at('edited', 'stranger.png')]).toBe('no source image is named stranger.*');
    expect(Object.keys(reasons)).toHaveLength(4);
    const [source, target] = await firstColors(opened, 1);
    expect([source, target]).toEqual([
      [0, 255, 0],
      [255, 255, 0],
    ]);
  });

  test('upper-case extensions and photographs of another size match too', async () => {
    await picture('photos/a.png', '#ff0000', 30, 10);
    const bytes = await sharp({ create: { width: 11, height: 17, channels: 3, background: '#00ff00' } })
      .png()
      .toBuffer();
    await mkdir(at('edited'));
    await writeFile(at('edited', 'a.PNG'), bytes);
    const opened = open({ source: at('photos'), target: { folder: at('edited') } });
    expect(await firstColors(opened)).toEqual([
      [255, 0, 0],
      [0, 255, 0],
    ]);
  });

  test('a brackets-in-its-name folder is a folder, not a pattern', async () => {
    await picture('photos [2020]/a.png', '#ff0000');
    await picture('edited [2020]/a.png', '#00ff00');
    const opened = open({ source: at('photos [2020]'), target: { folder: at('edited [2020]') } });
    expect((await opened.list()).refs.map(({ name }) => name)).toEqual(['a.png']);
  });

  test('two sources do not share a target, and spellings of one name match', async () => {
    await picture('photos/a.jpg', '#ff0000');
    await picture('photos/a.png', '#00ff00');
    await picture('photos/Mu\u0308ller.png', '#000000');
    await picture('edited/a.png', '#0000ff');
    await picture('edited/M\u00fcller.jpg', '#ffffff');
    const opened = open({ source: at('photos'), target: { folder: at('edited') } });
    const { refs, skipped } = await opened.list();
    expect(refs.map(({ name, target }) => [name, target])).toEqual([
      ['Mu\u0308ller.png', at('edited', 'M\u00fcller.jpg')],
      ['a.png', at('edited', 'a.png')],
    ]);
    expect(skipped).toEqual([
      { file: at('photos', 'a.jpg'), reason: 'several source images have this name: a.jpg, a.png' },
    ]);
  });

  test('folders are found in the other form of Unicode, as a source, a target, below and in a glob', async () => {
    await picture('Bu\u0308ro/a.png', '#ff0000');
    await picture('ge\u00e4ndert/o\u0308/b.png', '#0000ff');
    await picture('ge\u00e4ndert/a.png', '#0000ff');
    await picture('Bu\u0308ro/\u00f6/b.png', '#0000ff');
    const names = async (source: string) => {
      const { refs } = await open({ source, target: { folder: at('gea\u0308ndert') } }).list();
      return refs.map(({ name, target }) => [name, target]);
    };
    const a = ['a.png', at('ge\u00e4ndert', 'a.png')];
    const b = ['\u00f6/b.png', at('ge\u00e4ndert', 'o\u0308', 'b.png')];
    expect(await names(at('B\u00fcro'))).toEqual([a]);
    expect(await names(at('B\u00fcro', '**'))).toEqual([a, b]);
  });

  test('without a single match the message names both sides', async () => {
    await picture('photos/a.png', '#ff0000');
    await picture('edited/a-edited.png', '#00ff00');
    const opened = open({ source: at('photos'), target: { folder: at('edited') } });
    const error = await opened.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(
      /Sources: a\.png; edited images: a-edited\.png\. Give each edited image/,
    );
  });
});

describe('aligned images', () => {
  test.each([
    ['AtoB', [255, 0, 0], [0, 0, 255]],
    ['BtoA', [0, 0, 255], [255, 0, 0]],
  ])('%s', async (direction, source, target) => {
    const half = (background: string) =>
      sharp({ create: { width: 30, height: 20, channels: 3, background } })
        .png()
        .toBuffer();
    await mkdir(at('ab'));
    await sharp({ create: { width: 60, height: 20, channels: 3, background: '#000000' } })
      .composite([
        { input: await half('#ff0000'), left: 0, top: 0 },
        { input: await half('#0000ff'), left: 30, top: 0 },
      ])
      .png()
      .toFile(at('ab', '1.png'));
    const opened = open({ aligned: at('ab'), direction });
    expect(await firstColors(opened)).toEqual([source, target]);
  });
});

describe('sources that are not there', () => {
  test('a missing folder and an empty one name themselves, their key and a remedy', async () => {
    const missing = open({ source: at('nowhere'), target: { effect: 'sepia' } });
    await expect(missing.list()).rejects.toThrow(
      /x\.concept\.yaml: pairs\.source names .*nowhere.*ENOENT.*Correct the path/,
    );
    await mkdir(at('empty'));
    const empty = open({ source: at('empty'), target: { effect: 'sepia' } });
    await expect(empty.list()).rejects.toThrow(
      /pairs\.source names .*empty, which contains no images.*end the path with/,
    );
    await picture('photos/a.png', '#ff0000');
    const noTargets = open({ source: at('photos'), target: { folder: at('nowhere') } });
    await expect(noTargets.list()).rejects.toThrow(/pairs\.target\.folder names .*nowhere/);
  });
});
