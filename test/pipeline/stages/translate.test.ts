import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import * as tf from '../../../src/compute/tfjs/tf.ts';
import { resampled } from '../../../src/data/resampling.ts';
import { translate } from '../../../src/pipeline/stages/translate.ts';
import { loadProject } from '../../../src/project/load.ts';
import { projectPaths } from '../../../src/project/paths.ts';
import type { StageOptions } from '../../../src/protocol/stages.ts';
import { imageFile, makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { tensorsOf } from '../../models/eager.ts';
import { temporaryFolder } from '../../temporary-folders.ts';
import { stageContext } from '../stage-context.ts';

let trained: TrainedProject;
let images: string;

beforeAll(async () => {
  trained = await makeTrainedProject();
  images = join(trained.project.folder, 'images');
});

const started = (input: string, output: string, options: StageOptions = {}) =>
  stageContext(trained, { concept: 'snow', weights: 'denoised', input, output, ...options });
const translated = (input: string, output: string) => translate(started(input, output).context);

/** The content of every file of a folder. */
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

describe('translating refuses, before it writes anything,', () => {
  test.each([
    ['the folder of the pictures', () => [images, images], 'holds the pictures that are translated'],
    [
      'the folder of the picture',
      () => [imageFile(trained.project, 0), images],
      'holds the pictures that are',
    ],
    [
      'a link to it',
      () => {
        const link = join(temporaryFolder(), 'link');
        symlinkSync(images, link);
        return [images, link];
      },
      'holds the pictures that are translated',
    ],
    [
      'the source images of any concept',
      () => {
        const other = temporaryFolder();
        writeFileSync(join(other, 'new.png'), readFileSync(imageFile(trained.project, 0)));
        return [other, images];
      },
      /holds the source images of the concept (dusk|fog|snow)/,
    ],
    [
      'a folder with a picture of the same name',
      () => {
        const other = temporaryFolder();
        writeFileSync(join(other, 'wave-3.png'), readFileSync(imageFile(trained.project, 1)));
        return [images, other];
      },
      /wave-3\.png already exists, and it is not an unchanged output of dnw .*Move or delete it, or name another folder\./,
    ],
  ])('%s', async (_what, places, message) => {
    const [input, output] = places() as [string, string];
    const before = [contents(images), contents(output)];
    await expect(translated(input, output)).rejects.toThrow(message);
    expect([contents(images), contents(output)]).toEqual(before);
  });

  test.each([
    ['.dnw/pictures', 'for caches, which can be deleted at any time'],
    ['runs', 'for runs'],
    ['zoo/mine', 'for the zoo'],
    ['base', 'for bases'],
    ['weight-generators', 'for weight generators'],
  ])('the project’s own folder %s', async (name, what) => {
    const output = join(trained.project.folder, name);
    await expect(translated(images, output)).rejects.toThrow(
      `${name}: it is the project's folder ${what}. Name another folder.`,
    );
  });

  test('a folder that a concept would take images from, once they are there', async () => {
    const { folder } = trained.project;
    writeFileSync(
      join(folder, 'concepts', 'deep.concept.yaml'),
      'prompt: deep\npairs: { source: "../images/**", target: { effect: fog } }\n',
    );
    const project = await loadProject(folder);
    const { context } = stageContext(
      { project, training: trained.training },
      { concept: 'snow', weights: 'denoised', input: images, output: join(images, 'new') },
    );
    await expect(translate(context)).rejects.toThrow('holds the source images of the concept deep');
    expect(readdirSync(images)).not.toContain('new');
  });
});

describe('a warning says', () => {
  const warnings = async (options: StageOptions) => {
    const output = join(temporaryFolder(), 'new');
    const { context, logged } = started(imageFile(trained.project, 0), output, options);
    expect((await translate(context)).result).toMatchObject({ written: 1 });
    return logged('warning');
  };

  test('that png has no quality', async () => {
    expect(await warnings({ quality: 50 })).toEqual([
      '--quality 50 is not used: png is lossless. Choose --format jpeg or webp to write smaller files',
    ]);
    expect(await warnings({ quality: 50, format: 'webp' })).toEqual([]);
  });

  test("that a file has another concept's weights", async () => {
    const { project, base } = trained;
    const paths = projectPaths(project.folder);
    const [own, other] = [paths.weights('snow', 'denoised'), paths.zooMember(base.hash, 'dusk')];
    expect(await warnings({ concept: 'fog', weights: own })).toEqual([
      `${own} has the weights of the concept snow, not of fog; they are used as they are`,
    ]);
    expect(await warnings({ concept: 'fog', weights: other })).toEqual([
      `${other} has the weights of the concept dusk, not of fog; they are used as they are`,
    ]);
    for (const weights of [own, 'denoised', 'base']) expect(await warnings({ weights })).toEqual([]);
  });
});

test('every picture gets a translation of its own, which is not made again', async () => {
  const [input, output] = [temporaryFolder(), join(temporaryFolder(), 'new')];
  const wide = sharp({ create: { width: 200, height: 50, channels: 3, background: 'red' } });
  writeFileSync(join(input, 'a.jpg'), await wide.jpeg().toBuffer());
  writeFileSync(join(input, 'a.png'), await wide.png().toBuffer());
  writeFileSync(join(input, 'b.png'), readFileSync(imageFile(trained.project, 0)));
  writeFileSync(join(input, 'broken.png'), 'text');
  const skipped = [join(input, 'broken.png')];
  const run = async (options: StageOptions = {}) => {
    const { context, logged } = started(input, output, options);
    const { result } = await translate(context);
    return { result, logged };
  };
  const { result, logged } = await run();
  expect(result).toMatchObject({ written: 3, unchanged: 0, size: 'train', skipped });
  expect(logged('info')).toEqual([
    'pictures are translated whole, with 32 pixels on the shorter side, and the result is enlarged to their size',
  ]);
  expect(readdirSync(output).sort()).toEqual(['a.jpg.png', 'a.png.png', 'b.png']);
  const { width, height } = await sharp(join(output, 'a.jpg.png')).metadata();
  expect([width, height]).toEqual([200, 50]);
  const before = contents(output);
  const again = await run();
  expect(again.result).toMatchObject({ written: 0, unchanged: 3, skipped });
  expect(again.logged('info').at(-1)).toBe(
    '3 of 4 pictures were translated before with the same weights and options, and are kept',
  );
  // A run that is resumed has the result of one that was not interrupted.
  const resumed = await translate({ ...started(input, output).context, resume: true });
  expect(resumed.result).toMatchObject({ written: 3, unchanged: 0, skipped });
  expect(contents(output)).toEqual(before);
  // Another picture of the same name, and other options, are another translation.
  writeFileSync(join(input, 'b.png'), readFileSync(imageFile(trained.project, 1)));
  expect((await run()).result).toMatchObject({ written: 1, unchanged: 2 });
  expect((await run({ detail: 'source' })).result).toMatchObject({ written: 3, unchanged: 0 });
  expect((await run({ weights: 'base', detail: 'source' })).result).toMatchObject({ written: 3 });
  expect(readdirSync(join(trained.project.folder, 'runs', 'test'))).not.toContain('scratch');
});

test('a network that was trained on crops sees pictures at their scale', async () => {
  const { config } = trained.training;
  const cropped = { ...config, image: { ...config.image, crop: { from: 64 } } };
  const [input, output] = [imageFile(trained.project, 0), join(temporaryFolder(), 'new')];
  const { context, logged } = stageContext(
    { project: trained.project, training: { ...trained.training, config: cropped } },
    { concept: 'snow', weights: 'denoised', input, output },
  );
  expect((await translate(context)).result).toMatchObject({ written: 1 });
  expect(logged('info')[0]).toMatch(/^pictures are translated whole, with 64 pixels on the shorter side/);
});

test('pictures of a folder that have another format are named, whether others can be read or not', async () => {
  const [input, output] = [temporaryFolder(), join(temporaryFolder(), 'new')];
  for (const name of ['1.heic', '2.heic', '3.HEIC', '4.heic', 'x.bmp']) writeFileSync(join(input, name), 'x');
  const others =
    `${['1.heic', '2.heic', '3.HEIC'].map((name) => join(input, name)).join(', ')} and 1 more ` +
    `(HEIC pictures cannot be read: convert them to JPEG or PNG); ` +
    `${join(input, 'x.bmp')} (BMP pictures cannot be read: convert them to JPEG or PNG)`;
  await expect(translated(input, output)).rejects.toThrow(
    `${input} contains no image. Image files end in jpg, jpeg, png, webp, avif, tif, tiff, gif. Passed over: ${others}.`,
  );
  writeFileSync(join(input, 'wave.png'), readFileSync(imageFile(trained.project, 0)));
  const { context, logged } = started(input, output);
  expect((await translate(context)).result).toMatchObject({ written: 1, skipped: [] });
  expect(logged('info').slice(1)).toEqual([`passed over ${others}`]);
});

test('a strip is enlarged as far as its longer side allows, and no further', async () => {
  const [input, output] = [temporaryFolder(), join(temporaryFolder(), 'new')];
  const strip = { width: 6000, height: 1, channels: 3, background: 'red' } as const;
  writeFileSync(join(input, 'strip.png'), await sharp({ create: strip }).png().toBuffer());
  writeFileSync(join(input, 'wave.png'), readFileSync(imageFile(trained.project, 0)));
  const { context, logged } = started(input, output, { size: 512, detail: 'source' });
  expect((await translate(context)).result).toMatchObject({ written: 2 });
  const { width, height } = await sharp(join(output, 'strip.png')).metadata();
  expect([width, height]).toEqual([6000, 1]);
  expect(logged('info').slice(1)).toEqual([
    'strip.png: translated at 16384x3, not with 512 pixels on the shorter side: ' +
      'pictures are enlarged to at most 16384 pixels on the longer side',
  ]);
});

describe('a whole picture', () => {
  /** Waves, with a pattern of single pixels on them. */
  const scene = (width: number, height: number, pattern = 0) =>
    sharp(
      Uint8Array.from({ length: width * height * 3 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
        return 128 + 90 * Math.sin(x / 9 + (i % 3)) * Math.cos(y / 7) + ((x + y) % 2 ? pattern : -pattern);
      }),
      { raw: { width, height, channels: 3 } },
    );
  /** Translates one picture and returns the translation's levels. */
  const translatedTo = async (picture: Buffer, options: StageOptions = {}) => {
    const [input, output] = [temporaryFolder(), join(temporaryFolder(), 'new')];
    writeFileSync(join(input, 'photo.png'), picture);
    const { context, logged } = started(input, output, options);
    await translate(context);
    const file = readFileSync(join(output, readdirSync(output)[0]!));
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    return { levels: data, info, file, logged };
  };
  /** What the network makes of an image at its own size, from tfjs. */
  const reference = async (levels: Uint8Array, width: number, height: number) => {
    await tf.setBackend('cpu');
    const { generator, lora, generatorValues, loraFrozen } = trained.base;
    const values = lora.merge(generatorValues, trained.denoised, loraFrozen);
    return tf.tidy(() => {
      const image = tf.tensor4d(
        Float32Array.from(levels, (level) => level / 127.5 - 1),
        [1, height, width, 3],
      );
      const made = generator.apply(tensorsOf(generator.layout, values), image).dataSync();
      return Float32Array.from(made, (value) => (value + 1) * 127.5);
    });
  };
  const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    expect(a.length).toBe(b.length);
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
    return sum / a.length;
  };

  test('is what the network makes of it, wherever it has the size of training', async () => {
    const levels = await scene(48, 32).raw().toBuffer();
    for (const size of ['train', 'native', 32] as const) {
      const { levels: found } = await translatedTo(await scene(48, 32).png().toBuffer(), { size });
      expect(meanDifference(found, await reference(levels, 48, 32))).toBeLessThan(0.5);
    }
  });

  test('is translated small and enlarged, with its fine detail where that is asked for', async () => {
    const large = scene(96, 64, 12);
    const picture = await large.png().toBuffer();
    const levels = await large.raw().toBuffer();
    const small = await sharp(picture).resize(48, 32, { fit: 'fill' }).raw().toBuffer();
    const made = await reference(small, 48, 32);
    const { levels: plain, info } = await translatedTo(picture);
    expect([info.width, info.height, info.channels]).toEqual([96, 64, 3]);
    expect(meanDifference(small, made)).toBeGreaterThan(20);
    const enlarged = (values: Float32Array) =>
      resampled({ width: 48, height: 32, data: values.map((level) => level / 127.5 - 1) }, 96, 64, 'bicubic');
    expect(meanDifference(plain, enlarged(made))).toBeLessThan(1);
    // With detail, what is not explained by the enlarged change is the picture itself.
    const { levels: detailed } = await translatedTo(picture, { detail: 'source' });
    const change = enlarged(made.map((value, i) => (value - small[i]!) / 2 + 127.5)).map(
      (value) => 2 * (value - 127.5),
    );
    const expected = Float32Array.from(levels, (level, i) => Math.min(255, Math.max(0, level + change[i]!)));
    // The reference rounds the change to 8 bits, of twice the range.
    expect(meanDifference(detailed, expected)).toBeLessThan(1.5);
    expect(meanDifference(detailed, plain)).toBeGreaterThan(8);
  });

  test('keeps its transparency, and loses it in JPEG, which is said', async () => {
    const clear = Uint8Array.from({ length: 40 * 36 * 4 }, (_, i) => (i * 7) % 256);
    const picture = await sharp(clear, { raw: { width: 40, height: 36, channels: 4 } })
      .png()
      .toBuffer();
    const { levels, info } = await translatedTo(picture);
    expect([info.width, info.height, info.channels]).toEqual([40, 36, 4]);
    expect(levels.filter((_, i) => i % 4 === 3)).toEqual(Buffer.from(clear.filter((_, i) => i % 4 === 3)));
    const jpeg = await translatedTo(picture, { format: 'jpeg', quality: 80 });
    expect([jpeg.info.width, jpeg.info.height, jpeg.info.channels]).toEqual([40, 36, 3]);
    expect(jpeg.logged('info').at(-1)).toBe(
      'photo.png: translated on white, its transparency kept; jpeg has no transparency: on white',
    );
    expect((await sharp(jpeg.file).metadata()).format).toBe('jpeg');
  });

  test('that was taken upright comes upright, in the size of its pixels turned', async () => {
    const turned = await scene(60, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { info, file } = await translatedTo(turned, { format: 'webp' });
    expect([info.width, info.height]).toEqual([40, 60]);
    expect((await sharp(file).metadata()).orientation ?? 1).toBe(1);
  });

  test('that is large is translated in tiles, at full resolution and at a size of its own', async () => {
    const picture = await scene(200, 150).png().toBuffer();
    for (const size of ['native', 140] as const) {
      const { info } = await translatedTo(picture, { size });
      expect([info.width, info.height]).toEqual([200, 150]);
    }
  });
});

test('a stopped run keeps what is finished, and continues after it', async () => {
  const [input, output] = [temporaryFolder(), join(temporaryFolder(), 'new')];
  for (let i = 0; i < 4; i++) {
    writeFileSync(join(input, `${i}.png`), readFileSync(imageFile(trained.project, i)));
  }
  const first = started(input, output);
  let asked = 0;
  const stopping = { ...first.context, shouldStop: () => ++asked > 4 };
  const { status, result } = await translate(stopping);
  expect(status).toBe('stopped');
  const { written } = result as { written: number };
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(4);
  expect(readdirSync(output)).toHaveLength(written);
  const kept = contents(output);
  const { context } = started(input, output);
  expect((await translate({ ...context, resume: true })).result).toMatchObject({ written: 4, unchanged: 0 });
  expect(readdirSync(output)).toHaveLength(4);
  expect(contents(output)).toMatchObject(kept);
});
