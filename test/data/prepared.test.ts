import { appendFileSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImageEditor, OpenEditor } from '../../src/data/image-editor.ts';
import {
  cachedPairs,
  type PreparedPairs,
  type PrepareOptions,
  preparePairs,
} from '../../src/data/prepared.ts';
import { writeScenes } from '../../src/data/scenes.ts';
import { editorsOn, withEditors } from '../../src/pipeline/image-editors/image-editors.ts';
import type { LoadedConcept } from '../../src/project/project.ts';
import { conceptSchema } from '../../src/project/schema/concept-schema.ts';
import { type TrainingConfig, trainingSchema } from '../../src/project/schema/training-schema.ts';
import { UserError } from '../../src/project/user-error.ts';
import { allBytes } from './stored.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepared-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...names: string[]) => join(folder, ...names);

function concept(name: string, pairs: unknown): LoadedConcept {
  const config = conceptSchema.parse({ prompt: 'a test', pairs });
  const path = at('concepts', `${name}.concept.yaml`);
  return { path, name, prompt: config.prompt, tags: [], pairs: config.pairs, config };
}

const negative = () => concept('negative', { source: at('images'), target: { effect: 'negative' } });

function imageConfig(image: object): TrainingConfig['image'] {
  return trainingSchema.parse({ image: { size: 16, train: 6, test: 3, ...image } }).image;
}

/** Edited images in `edited` for those in `images`. */
async function writeNegatives(): Promise<void> {
  await mkdir(at('edited'));
  for (const name of await readdir(at('images'))) {
    await sharp(at('images', name)).negate().toFile(at('edited', name));
  }
}

const openEditor = editorsOn(trainingSchema.parse({}));

function prepare(
  of: LoadedConcept,
  image: TrainingConfig['image'],
  seed: number,
  options: Partial<PrepareOptions> = {},
): Promise<PreparedPairs | undefined> {
  return preparePairs(of, image, seed, { openEditor, ...options });
}

async function prepared(...parameters: Parameters<typeof prepare>): Promise<PreparedPairs> {
  return (await prepare(...parameters))!;
}

describe('preparePairs', () => {
  test('every image once, as bytes, with its name and its target', async () => {
    await writeScenes(at('images'), 9, 1);
    const pairs = await prepared(negative(), imageConfig({ jitter: 2 }), 1);
    expect([pairs.size, pairs.train.count, pairs.test.count]).toEqual([18, 6, 3]);
    const names = [...pairs.train.names, ...pairs.test.names];
    expect(names.sort()).toEqual((await readdir(at('images'))).sort());
    for (const { count, ...images } of [pairs.train, pairs.test]) {
      const [source, target] = [await allBytes(images.source, count), await allBytes(images.target, count)];
      expect(source.length).toBe(count * 18 * 18 * 3);
      expect(target).toEqual(source.map((byte) => 255 - byte));
    }
    const { data } = await sharp(at('images', pairs.test.names[0]!))
      .resize(18, 18)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(await pairs.test.source.read(0)).toEqual(new Uint8Array(data));
  });

  test('test images depend on seed and file names alone', async () => {
    await writeScenes(at('images'), 24, 1);
    const config = imageConfig({});
    const first = await prepared(negative(), config, 1);
    const other = await prepared(
      concept('other', { source: at('images', '*.jpg'), target: { effect: 'sepia' } }),
      config,
      1,
    );
    expect(other.test.names).toEqual(first.test.names);
    expect(other.train.names).toEqual(first.train.names);
    const bySeed = await prepared(negative(), config, 2);
    expect(bySeed.test.names).not.toEqual(first.test.names);
    // A name that is added moves at most one image out.
    await sharp(at('images', 'scene-0001.jpg')).toFile(at('images', 'new.jpg'));
    const grown = await prepared(negative(), config, 1);
    expect(grown.test.names.filter((name) => first.test.names.includes(name)).length).toBeGreaterThanOrEqual(
      2,
    );
  });

  test('of many images, training takes one of each kind', async () => {
    await mkdir(at('images'));
    // Five families of colors, very unequal in number.
    const families = ['#ff0000', '#00ff00', '#0000ff', '#ffffff', '#000000'];
    for (const [family, background] of families.entries()) {
      for (let i = 0; i < (family === 0 ? 20 : 4); i++) {
        const file = at('images', `${family}-${i}.png`);
        await sharp({ create: { width: 8 + i, height: 8, channels: 3, background } }).toFile(file);
      }
    }
    const { train, test: held } = await prepared(negative(), imageConfig({ train: 5, test: 1 }), 4);
    expect([train.count, held.count]).toEqual([5, 1]);
    expect(new Set(train.names.map((name) => name[0])).size).toBe(5);
    expect(train.names).not.toContain(held.names[0]);
  });

  describe('whose names say which are only tested on', () => {
    const everywhere = () =>
      concept('negative', { source: at('images', '**'), target: { effect: 'negative' } });
    beforeEach(async () => {
      await writeScenes(at('images'), 8, 1);
      await writeScenes(at('images', 'val'), 4, 2);
    });
    const ofVal = (names: readonly string[]) => names.filter((name) => name.startsWith('val/')).length;

    test.each([
      ['all others are trained on', { train: 100, test: 3 }, 8, 3],
      ['some others are trained on, chosen from all of them', { train: 5, test: 2 }, 5, 2],
      ['there are fewer of them than wanted', { train: 6, test: 9 }, 6, 4],
    ])('%s', async (_, wanted, trained, tested) => {
      const config = imageConfig({ ...wanted, testOnly: 'val/**' });
      for (const seed of [1, 2, 3]) {
        const { train, test: held } = await prepared(everywhere(), config, seed);
        expect([train.count, ofVal(train.names)]).toEqual([trained, 0]);
        expect([held.count, ofVal(held.names)]).toEqual([tested, tested]);
      }
    });

    test('one of them cannot be read: no other image takes its place', async () => {
      await writeFile(at('images', 'val', 'scene-0002.jpg'), '');
      for (const train of [100, 5]) {
        const config = imageConfig({ train, test: 4, testOnly: 'val/*.jpg' });
        const { train: trained, test: held } = await prepared(everywhere(), config, 1);
        expect([ofVal(trained.names), held.count, ofVal(held.names)]).toEqual([0, 3, 3]);
      }
    });

    test.each([
      ['test/**', 'none'],
      ['**', 'all'],
    ])('a pattern that leaves one side empty is refused: %s', async (testOnly, which) => {
      await expect(prepared(everywhere(), imageConfig({ testOnly }), 1)).rejects.toThrow(
        `image.testOnly, "${testOnly}", matches ${which} of the concept’s 12 images, such as "scene-0001.jpg".`,
      );
    });
  });

  test('broken files are left out and named, the rest is used', async () => {
    await writeScenes(at('images'), 5, 1);
    const whole = await readFile(at('images', 'scene-0001.jpg'));
    await writeFile(at('images', 'cut.jpg'), whole.subarray(0, whole.length / 2));
    await writeFile(at('images', 'empty.png'), '');
    const { train, test: held, skipped } = await prepared(negative(), imageConfig({}), 1);
    expect([train.count, held.count]).toEqual([3, 2]);
    expect(skipped.map(({ file }) => file).sort()).toEqual([
      at('images', 'cut.jpg'),
      at('images', 'empty.png'),
    ]);
    expect(skipped.find(({ file }) => file.endsWith('empty.png'))!.reason).toBe(
      'cannot be decoded as an image: the file is empty',
    );
    // From the cache they are known as well.
    expect((await prepared(negative(), imageConfig({}), 1)).skipped).toEqual(skipped);
  });

  test('photographs as people have them, of every kind at once', async () => {
    await mkdir(at('images'));
    const photo = (width: number, height: number) =>
      sharp(at('photo.png')).resize(width, height, { fit: 'fill' });
    await writeScenes(at('scenes'), 1, 1);
    await sharp(at('scenes', 'scene-0001.jpg')).png().toFile(at('photo.png'));
    await photo(3000, 2000).jpeg().toFile(at('images', 'camera.JPG'));
    await photo(40, 90).withMetadata({ orientation: 8 }).jpeg().toFile(at('images', 'phone.jpeg'));
    await photo(300, 200).jpeg({ progressive: true }).toFile(at('images', 'web.jpg'));
    await photo(64, 64).toColorspace('b-w').jpeg().toFile(at('images', 'gray.jpg'));
    await photo(64, 64).toColorspace('cmyk').jpeg().toFile(at('images', 'print.jpg'));
    await photo(64, 64).ensureAlpha(0.5).png().toFile(at('images', 'cut-out.png'));
    await photo(64, 64).toColorspace('rgb16').png().toFile(at('images', 'deep.png'));
    await photo(64, 64).webp().toFile(at('images', 'modern.webp'));
    const whole = await readFile(at('images', 'camera.JPG'));
    await writeFile(at('images', 'truncated.jpg'), whole.subarray(0, 5000));
    await writeFile(at('images', 'empty.jpg'), '');
    await writeFile(at('images', 'text.jpg'), 'Dear diary');
    const { train, test: held, skipped } = await prepared(negative(), imageConfig({ train: 6, test: 2 }), 1);
    expect(train.count + held.count).toBe(8);
    expect(skipped.map(({ file }) => file.slice(at('images').length + 1)).sort()).toEqual([
      'empty.jpg',
      'text.jpg',
      'truncated.jpg',
    ]);
  });

  test('a broken edited image costs its pair only', async () => {
    await writeScenes(at('images'), 6, 1);
    await writeNegatives();
    await writeFile(at('edited', 'scene-0004.jpg'), 'no image');
    const pairs = await prepared(
      concept('folder', { source: at('images'), target: { folder: at('edited') } }),
      imageConfig({}),
      1,
    );
    expect(pairs.train.count + pairs.test.count).toBe(5);
    expect([...pairs.train.names, ...pairs.test.names]).not.toContain('scene-0004.jpg');
    expect(pairs.skipped[0]!.file).toBe(at('edited', 'scene-0004.jpg'));
  });

  test('a held-out pair whose edited image is broken is replaced by the next one', async () => {
    await writeScenes(at('images'), 6, 1);
    await writeNegatives();
    const folders = concept('folder', { source: at('images'), target: { folder: at('edited') } });
    const config = imageConfig({ train: 5, test: 1 });
    const whole = await prepared(folders, config, 1);
    await writeFile(at('edited', whole.test.names[0]!), '');
    const { train, test: held, skipped } = await prepared(folders, config, 1);
    expect([train.count, held.count]).toEqual([4, 1]);
    expect([...held.names, ...train.names]).toEqual(whole.train.names);
    expect(skipped.map(({ file }) => file)).toEqual([at('edited', whole.test.names[0]!)]);
  });

  test('what is not a file of a moderate size is left out by name, links included', async () => {
    await writeScenes(at('images'), 3, 1);
    await symlink('/dev/zero', at('images', 'endless.jpg'));
    await symlink(at('images'), at('images', 'folder.jpg'));
    await symlink(at('nowhere'), at('images', 'broken.jpg'));
    await symlink(at('images', 'scene-0001.jpg'), at('images', 'linked.jpg'));
    // Sparse: it takes no space.
    await writeFile(at('images', 'large.png'), '');
    await truncate(at('images', 'large.png'), 1.5 * 2 ** 20);
    const { train, test: held, skipped } = await prepared(negative(), imageConfig({ maxFileSize: 1 }), 1);
    expect(train.count + held.count).toBe(4);
    expect(Object.fromEntries(skipped.map(({ file, reason }) => [basename(file), reason]))).toEqual({
      'endless.jpg': 'it is not a regular file',
      'folder.jpg': 'it is a folder',
      'broken.jpg': 'cannot be read (ENOENT)',
      'large.png': 'it has 2 MiB, and at most 1 are read (image.maxFileSize)',
    });
  });

  test('what is odd about usable pairs is said, from the cache too', async () => {
    await writeScenes(at('images'), 3, 1);
    await writeNegatives();
    const said = async (pairs: object, image: object = {}) => {
      const first = await prepared(concept('odd', pairs), imageConfig(image), 1);
      expect((await prepared(concept('odd', pairs), imageConfig(image), 1)).remarks).toEqual(first.remarks);
      return first.remarks.map(({ message }) => message);
    };
    const folders = { source: at('images'), target: { folder: at('edited') } };
    expect(await said(folders)).toEqual([]);
    const same =
      'every edited image equals its source, so there is no edit to learn. Check the concept’s pairs';
    expect(await said({ source: at('images'), target: { folder: at('images') } })).toEqual([same]);
    expect(await said({ aligned: at('images') })).toEqual([
      expect.stringMatching(/^not about twice as wide/),
    ]);
  });

  test('a pair whose images differ in shape is left out, unless both are stretched', async () => {
    await writeScenes(at('images'), 4, 1);
    await writeNegatives();
    await sharp(at('images', 'scene-0001.jpg')).resize(64, 64, { fit: 'fill' }).toFile(at('square.jpg'));
    await rename(at('square.jpg'), at('edited', 'scene-0001.jpg'));
    const folders = concept('folder', { source: at('images'), target: { folder: at('edited') } });
    for (const _ of ['made', 'cached']) {
      const { train, test: held, skipped } = await prepared(folders, imageConfig({}), 1);
      expect([...train.names, ...held.names].sort()).toEqual([2, 3, 4].map((i) => `scene-000${i}.jpg`));
      const reason = /^its shape \(64x64\) differs from its source image’s \(\d+x\d+\): cut to the center/;
      expect(skipped).toEqual([
        { file: at('edited', 'scene-0001.jpg'), reason: expect.stringMatching(reason) },
      ]);
    }
    const stretched = await prepared(folders, imageConfig({ fit: 'fill' }), 1);
    expect(stretched.train.count + stretched.test.count).toBe(4);
  });

  test('a load size makes pictures large enough to crop from; the same pairs as with a jitter', async () => {
    await writeScenes(at('images'), 5, 1);
    const cropped = await prepared(negative(), imageConfig({ crop: { from: 24 } }), 1);
    expect(cropped.size).toBe(24);
    expect(cropped.remarks).toEqual([]);
    const jittered = await prepared(negative(), imageConfig({ jitter: 8 }), 1);
    expect(jittered).toEqual(cropped);
    // Scenes are 128 pixels wide and high at most.
    const enlarged = await prepared(negative(), imageConfig({ crop: { from: 200 } }), 1);
    expect(enlarged.remarks).toEqual([
      { level: 'warning', message: expect.stringMatching(/^smaller than image\.crop\.from \(200\)/) },
    ]);
    expect((await prepared(negative(), imageConfig({ size: 192, jitter: 8 }), 1)).remarks).toEqual([]);
  });

  test('two images are one to train on and one to test on; one is too few', async () => {
    await writeScenes(at('images'), 2, 1);
    const { train, test: held } = await prepared(negative(), imageConfig({ train: 100, test: 50 }), 1);
    expect([train.count, held.count]).toEqual([1, 1]);
    await writeFile(at('images', 'scene-0002.jpg'), 'no image');
    const error = await prepare(negative(), imageConfig({}), 1).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(
      /At least two images are needed.* 1 can be used.*\n.*scene-0002\.jpg: not an image/s,
    );
  });

  test('the same bytes whatever the number of threads', async () => {
    await writeScenes(at('images'), 7, 1);
    const effect = [{ fog: { strength: 0.7 } }, 'posterize'];
    const bytesWith = (threads: number) =>
      withEditors(trainingSchema.parse({ threads }), async (opener) => {
        const edited = concept('edited', { source: at('images'), target: { effect } });
        const { path } = await prepared(edited, imageConfig({}), 1, { openEditor: opener });
        const bytes = await readFile(path);
        await rm(at('.dnw'), { recursive: true });
        return bytes;
      });
    const [one, three] = [await bytesWith(1), await bytesWith(3)];
    expect(three.equals(one)).toBe(true);
  });

  test('progress counts up to its total', async () => {
    await writeScenes(at('images'), 12, 1);
    const seen: [number, number][] = [];
    await prepare(negative(), imageConfig({}), 1, {
      onProgress: (done, total) => seen.push([done, total]),
    });
    // 12 looked at to choose from, 9 decoded, 9 edited.
    expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => [i + 1, 30]));
  });
});

describe('the cache', () => {
  const cached = () => readdir(at('.dnw', 'pairs'));

  test('is used while nothing changed, and not after', async () => {
    await writeScenes(at('images'), 5, 1);
    const config = imageConfig({});
    const first = await prepared(negative(), config, 1);
    expect(await cached()).toEqual([first.path.slice(at('.dnw', 'pairs').length + 1)]);
    const { mtimeMs } = await stat(first.path);
    let looked = 0;
    const again = await prepared(negative(), config, 1, { onProgress: () => looked++ });
    expect(again).toEqual(first);
    expect([looked, (await stat(first.path)).mtimeMs]).toEqual([0, mtimeMs]);

    await utimes(at('images', 'scene-0003.jpg'), 1, 1);
    expect(await prepared(negative(), config, 1)).toEqual(first);
    // Another picture of the same size and time.
    const { size, atime, mtime } = await stat(at('images', 'scene-0003.jpg'));
    await writeFile(at('images', 'scene-0003.jpg'), Buffer.alloc(size));
    await utimes(at('images', 'scene-0003.jpg'), atime, mtime);
    const changed = await prepared(negative(), config, 1);
    expect(changed.skipped.map(({ file }) => file)).toEqual([at('images', 'scene-0003.jpg')]);
    const resized = await prepared(negative(), imageConfig({ size: 24 }), 1);
    const stronger = concept('negative', {
      source: at('images'),
      target: { effect: { negative: { strength: 0.5 } } },
    });
    const edited = await prepared(stronger, config, 1);
    expect(new Set([first, changed, resized, edited].map(({ path }) => path)).size).toBe(4);
    expect(await edited.train.target.read(0)).not.toEqual(await first.train.target.read(0));
  });

  test('belongs to a moved or copied project as well, whatever its files’ times', async () => {
    const [here, there] = ['here', 'there'].map((name) => join(folder, name)) as [string, string];
    await writeScenes(join(here, 'images'), 5, 1);
    await writeFile(join(here, 'images', 'broken.jpg'), 'no image');
    const config = imageConfig({});
    const of = (project: string): LoadedConcept => ({
      ...concept('negative', { source: join(project, 'images'), target: { effect: 'negative' } }),
      path: join(project, 'concepts', 'negative.concept.yaml'),
    });
    const first = await prepared(of(here), config, 1);
    await cp(here, there, { recursive: true });
    await rm(here, { recursive: true });
    let looked = 0;
    const moved = await prepared(of(there), config, 1, { onProgress: () => looked++ });
    expect(looked).toBe(0);
    expect(moved.path).toBe(join(there, relative(here, first.path)));
    expect(moved.train.names).toEqual(first.train.names);
    expect(moved.skipped.map(({ file }) => file)).toEqual([join(there, 'images', 'broken.jpg')]);
    expect(await allBytes(moved.test.source, moved.test.count)).toHaveLength(moved.test.count * 16 * 16 * 3);
    // Without the memo of hashes, too.
    await rm(join(there, '.dnw', 'file-hashes.json'), { force: true });
    expect((await cachedPairs(of(there), config, 1, openEditor))!.path).toBe(moved.path);
  });

  test.each(['pairs', 'sources'])('a damaged file of %s is made again', async (part) => {
    await writeScenes(at('images'), 5, 1);
    const first = await prepared(negative(), imageConfig({}), 1);
    const [name] = await readdir(at('.dnw', part));
    const whole = await readFile(at('.dnw', part, name!));
    for (const length of [300, whole.length - 1, 0]) {
      await writeFile(at('.dnw', part, name!), whole.subarray(0, length));
      expect(await cachedPairs(negative(), imageConfig({}), 1, openEditor)).toBeUndefined();
      expect(await prepared(negative(), imageConfig({}), 1)).toEqual(first);
      expect((await readFile(at('.dnw', part, name!))).equals(whole)).toBe(true);
    }
  });

  test('a cache that is deleted while it is used is missed by name', async () => {
    await writeScenes(at('images'), 5, 1);
    const { train } = await prepared(negative(), imageConfig({}), 1);
    await rm(at('.dnw'), { recursive: true });
    await expect(train.source.read(0)).rejects.toThrow(/\.dnw.sources.*it was deleted\. Run the stage again/);
  });

  test('a file that changes while it is being prepared is an error', async () => {
    await writeScenes(at('images'), 5, 1);
    const changing = (done: number) => {
      if (done === 1) for (let i = 1; i <= 5; i++) appendFileSync(at('images', `scene-000${i}.jpg`), ' ');
    };
    const preparing = prepared(negative(), imageConfig({}), 1, { onProgress: changing });
    await expect(preparing).rejects.toThrow(/scene-000\d\.jpg: changed while pairs were being prepared/);
    expect(await readdir(at('.dnw', 'sources'))).toEqual([]);
  });

  test('a run that is stopped leaves nothing that would be read', async () => {
    await writeScenes(at('images'), 5, 1);
    for (const stopAfter of [0, 3, 7]) {
      let done = 0;
      const callbacks = { onProgress: () => done++, shouldStop: () => done >= stopAfter };
      expect(await prepare(negative(), imageConfig({}), 1, callbacks)).toBeUndefined();
    }
    expect(await cached()).toEqual([]);
    expect(await readdir(at('.dnw', 'sources'))).toHaveLength(1);
    expect((await prepared(negative(), imageConfig({}), 1)).train.count).toBe(3);
  });

  test('source images that another concept decoded are not decoded again', async () => {
    await writeScenes(at('images'), 5, 1);
    const first = await prepared(negative(), imageConfig({}), 1);
    const calls: number[] = [];
    const sepia = concept('sepia', { source: at('images'), target: { effect: 'sepia' } });
    const second = await prepared(sepia, imageConfig({}), 1, { onProgress: (done) => calls.push(done) });
    const { count } = first.train;
    expect(await allBytes(second.train.source, count)).toEqual(await allBytes(first.train.source, count));
    expect(await readdir(at('.dnw', 'sources'))).toHaveLength(1);
    // Only the five targets were made.
    expect(calls).toEqual([6, 7, 8, 9, 10]);
  });
});

describe('an image editor', () => {
  /** Adds as much to every value as it is told; notes what it is asked. */
  function brightener(by: number, identity?: string) {
    const asked: { batches: number[]; instructions: string[]; disposed: number } = {
      batches: [],
      instructions: [],
      disposed: 0,
    };
    const editor: ImageEditor = {
      identity: async () => identity,
      load: async () => ({
        device: 'webgpu',
        batchSize: 2,
        edit: async (images, instruction) => {
          asked.batches.push(images.length);
          asked.instructions.push(instruction);
          return images.map((image) => ({ ...image, data: image.data.map((value) => value + by) }));
        },
        dispose: async () => {
          asked.disposed++;
        },
      }),
    };
    return { openEditor: () => editor, asked };
  }

  test('edits in batches of its size, with the prompt, and is disposed of', async () => {
    await writeScenes(at('images'), 8, 1);
    const { asked, ...brighter } = brightener(0.5);
    const devices: string[] = [];
    const pairs = await prepared(negative(), imageConfig({ train: 5, test: 3 }), 1, {
      ...brighter,
      onEditing: (device) => devices.push(device),
    });
    expect(asked).toEqual({
      batches: [2, 2, 2, 2],
      instructions: Array(4).fill('a test'),
      disposed: 1,
    });
    expect(devices).toEqual(['webgpu']);
    for (const { count, ...images } of [pairs.train, pairs.test]) {
      const [source, target] = [await allBytes(images.source, count), await allBytes(images.target, count)];
      const brighterBytes = source.map((byte) => Math.min(255, Math.round(byte + 0.5 * 127.5)));
      const difference = target.map((byte, i) => Math.abs(byte - brighterBytes[i]!));
      expect(Math.max(...difference)).toBeLessThanOrEqual(1);
    }
  });

  test('has a say in the key of the cache by its identity', async () => {
    await writeScenes(at('images'), 4, 1);
    const path = async (identity?: string) =>
      (await prepared(negative(), imageConfig({}), 1, brightener(0.1, identity))).path;
    expect(new Set([await path(), await path('model a'), await path('model b')]).size).toBe(3);
    expect(await path('model a')).toBe(await path('model a'));
    // Effects are told apart by their settings alone.
    expect(await path()).toBe((await prepared(negative(), imageConfig({}), 1)).path);
  });

  test('is not loaded for what is in the cache', async () => {
    await writeScenes(at('images'), 4, 1);
    const first = await prepared(negative(), imageConfig({}), 1, brightener(0.1));
    const unloadable: OpenEditor = () => ({
      identity: async () => undefined,
      load: async () => {
        throw new Error('loaded');
      },
    });
    expect(await prepared(negative(), imageConfig({}), 1, { openEditor: unloadable })).toEqual(first);
  });

  test('is cancelled while it edits, and disposed of', async () => {
    await writeScenes(at('images'), 4, 1);
    let isEditing = false;
    let disposed = 0;
    const endless: OpenEditor = () => ({
      identity: async () => undefined,
      load: async () => ({
        device: 'cpu',
        batchSize: 4,
        edit: (_images, _instruction, signal) =>
          new Promise((_resolve, reject) => {
            isEditing = true;
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
        dispose: async () => {
          disposed++;
        },
      }),
    });
    const options = { openEditor: endless, shouldStop: () => isEditing };
    expect(await prepare(negative(), imageConfig({}), 1, options)).toBeUndefined();
    expect([isEditing, disposed]).toEqual([true, 1]);
  });

  test('that returns images of another size is refused', async () => {
    await writeScenes(at('images'), 4, 1);
    const shrinking: OpenEditor = () => ({
      identity: async () => undefined,
      load: async () => ({
        device: 'cpu',
        batchSize: 1,
        edit: async () => [{ width: 1, height: 1, data: new Float32Array(3) }],
        dispose: async () => {},
      }),
    });
    await expect(prepare(negative(), imageConfig({}), 1, { openEditor: shrinking })).rejects.toThrow(
      /an image of the same size/,
    );
  });
});
