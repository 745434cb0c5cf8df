import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Image, imageToBytes } from '../../../src/data/image-values.ts';
import { PictureTranslator } from '../../../src/pipeline/interactive/picture-translator.ts';
import { WarmBase } from '../../../src/pipeline/interactive/warm-base.ts';
import { translate } from '../../../src/pipeline/stages/translate.ts';
import { loadProject } from '../../../src/project/load.ts';
import type { PictureDetail, PictureSize } from '../../../src/protocol/stage-entry.ts';
import { imageFile, makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { temporaryFolder } from '../../temporary-folders.ts';
import { stageContext } from '../stage-context.ts';

let trained: TrainedProject;
let photos: string;
let photo: string;
const translator = new PictureTranslator(new WarmBase());
const going = { signal: new AbortController().signal };

/** Upright, the photograph is as wide as this; its file has the sides the other way around. */
const [WIDTH, HEIGHT] = [100, 150];

beforeAll(async () => {
  trained = await makeTrainedProject();
  photos = temporaryFolder();
  photo = join(photos, 'photo.jpg');
  const pixels = Buffer.from(
    Uint8Array.from(
      { length: WIDTH * HEIGHT * 3 },
      (_, i) => 128 + 100 * Math.sin(i / 61) * Math.cos(i / 997),
    ),
  );
  await sharp(pixels, { raw: { width: HEIGHT, height: WIDTH, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toFile(photo);
});
afterAll(() => translator.dispose());

const subject = () => {
  const { project, training } = trained;
  const concept = project.concepts.find(({ name }) => name === 'snow')!;
  return { project, training, concept, image: photo, weights: 'denoised' };
};

async function pixelsOf(file: string | Buffer): Promise<{ width: number; height: number; data: number[] }> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: [...data] };
}

const farthest = (image: Image, expected: readonly number[]) =>
  imageToBytes(image).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);

describe.each<[PictureSize, PictureDetail]>([
  ['train', 'none'],
  ['train', 'source'],
  ['native', 'none'],
  [48, 'none'],
])('at size %s with detail %s', (size, detail) => {
  test('a file is saved as the command writes it, and every part of it is shown as it is saved', async () => {
    const output = join(temporaryFolder(), 'saved.png');
    const saved = await translator.save({ ...subject(), size, detail, output }, going);
    expect(saved).toMatchObject({ width: WIDTH, height: HEIGHT, remarks: ['turned upright'] });
    const folder = join(temporaryFolder(), 'out');
    const options = { concept: 'snow', weights: 'denoised', input: photo, output: folder, size, detail };
    await translate(stageContext(trained, options).context);
    expect(readFileSync(output).equals(readFileSync(join(folder, 'photo.png')))).toBe(true);

    for (const area of [
      { left: 0, top: 0, width: WIDTH, height: HEIGHT },
      { left: 37, top: 61, width: 40, height: 50 },
    ]) {
      const { width, height } = area;
      const shown = await translator.area({ ...subject(), size, detail, area, width, height }, going);
      expect(shown.isExact).toBe(true);
      const { data } = await pixelsOf(await sharp(output).extract(area).toBuffer());
      expect(farthest(shown.image, data)).toBeLessThanOrEqual(1);
    }
    // Saving again replaces our own file; nothing is left beside it.
    await translator.save({ ...subject(), size, detail, output }, going);
    expect(readdirSync(join(output, '..'))).toEqual(['saved.png']);
    expect(readdirSync(join(trained.project.folder, '.dnw', 'pictures'))).toEqual([]);
  });
});

test('parts of the picture itself are its own pixels, upright, and smaller where they are shown smaller', async () => {
  const request = { ...subject(), weights: undefined, size: 'train', detail: 'none' } as const;
  const area = { left: 10, top: 20, width: 60, height: 80 };
  const upright = await sharp(photo).autoOrient().png().toBuffer();
  const whole = await translator.area({ ...request, area, width: 60, height: 80 }, going);
  expect(farthest(whole.image, (await pixelsOf(await sharp(upright).extract(area).toBuffer())).data)).toBe(0);
  const half = await translator.area({ ...request, area, width: 30, height: 40 }, going);
  const expected = await sharp(await sharp(upright).extract(area).toBuffer())
    .resize(30, 40, { fit: 'fill' })
    .toBuffer();
  // Another filter where it begins: JPEG files are decoded at a smaller size.
  expect(farthest(half.image, (await pixelsOf(expected)).data)).toBeLessThan(24);
  await expect(
    translator.area({ ...request, area: { ...area, left: 41 }, width: 60, height: 80 }, going),
  ).rejects.toThrow('The picture has 100x150 pixels, and no part of 60x80 at 41, 20.');
});

test('a strip is shown as large as its longer side allows, which is said', async () => {
  const image = join(photos, 'strip.png');
  await sharp({ create: { width: 2, height: 4096, channels: 3, background: 'red' } }).toFile(image);
  const request = { ...subject(), image, size: 64, detail: 'none' } as const;
  const remarks = [expect.stringMatching(/^translated at 8x16384, not with 64 pixels on the shorter side: /)];
  const shown = await translator.translate(request, going);
  expect(shown).toMatchObject({ translated: { width: 8, height: 16384 }, isPreview: false, remarks });
});

test('of a large picture at full resolution, a part is exact and the whole a preview, until it is called off', async () => {
  const image = join(photos, 'large.png');
  const [width, height] = [2000, 1400];
  await sharp({ create: { width, height, channels: 3, background: '#4080c0' } })
    .png({ compressionLevel: 1 })
    .toFile(image);
  const request = { ...subject(), image, size: 'native', detail: 'none' } as const;
  const whole = await translator.translate(request, going);
  expect(whole).toMatchObject({ isPreview: true, picture: { width, height } });
  expect([whole.translated.width, whole.translated.height]).toEqual([46, 32]);
  const everything = { left: 0, top: 0, width, height };
  const shown = await translator.area({ ...request, area: everything, width: 200, height: 140 }, going);
  expect(shown.isExact).toBe(false);
  const part = { left: 900, top: 700, width: 50, height: 40 };
  const exact = await translator.area({ ...request, area: part, width: 50, height: 40 }, going);
  expect(exact.isExact).toBe(true);
  const away = new AbortController();
  away.abort(new Error('called off'));
  const elsewhere = { ...request, area: { ...part, left: 300 }, width: 50, height: 40 };
  await expect(translator.area(elsewhere, away)).rejects.toThrow('called off');
});

test.each([
  ['the picture itself', () => photo, 'it is the picture that is translated'],
  [
    'an image of a concept',
    () => join(trained.project.folder, 'images', 'new.png'),
    /holds the source images of the concept/,
  ],
  [
    'a file of somebody else',
    () => {
      const file = join(photos, 'other.png');
      writeFileSync(file, readFileSync(imageFile(trained.project, 1)));
      return file;
    },
    /already exists, and it is not an unchanged output of dnw/,
  ],
  ['a file of an unknown format', () => join(photos, 'new.bmp'), 'end the name in .png, .jpg, .webp'],
])('%s is not written to', async (_what, place, message) => {
  const output = place();
  const before = [readdirSync(photos), readFileSync(photo)];
  const request = { ...subject(), size: 'train', detail: 'none', output } as const;
  await expect(translator.save(request, going)).rejects.toThrow(message);
  const after = [readdirSync(photos), readFileSync(photo)];
  expect(after[1]).toEqual(before[1]);
  expect(after[0]).toEqual(before[0]);
});

describe('the target of a picture at its real shape', () => {
  const flat = (width: number, height: number, background: string) =>
    sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer();
  async function withPairs(name: string, pairs: string) {
    const { folder } = trained.project;
    writeFileSync(join(folder, 'concepts', `${name}.concept.yaml`), `prompt: ${name}\npairs: ${pairs}\n`);
    const project = await loadProject(folder);
    return { ...subject(), project, concept: project.concepts.find((one) => one.name === name)! };
  }

  test('is the other half of an aligned image, which is not part of the picture', async () => {
    const folder = temporaryFolder();
    const image = join(folder, 'pair.png');
    const right = await flat(60, 40, '#0000ff');
    await sharp({ create: { width: 120, height: 40, channels: 3, background: '#ff0000' } })
      .composite([{ input: right, left: 60, top: 0 }])
      .png()
      .toFile(image);
    const request = { ...(await withPairs('aligned', `{ aligned: ${folder} }`)), image, weights: 'base' };
    const made = await translator.translate({ ...request, size: 'train' }, going);
    expect(made.picture).toEqual({ width: 60, height: 40 });
    expect([made.source.width, made.source.height]).toEqual([48, 32]);
    const colorOf = ({ data }: Image) => [...data.slice(0, 3), ...data.slice(-3)];
    expect(colorOf(made.source)).toEqual([1, -1, -1, 1, -1, -1]);
    expect(colorOf(made.target!)).toEqual([-1, -1, 1, -1, -1, 1]);
    const area = { left: 0, top: 0, width: 60, height: 40 };
    const shown = await translator.area(
      { ...request, weights: undefined, size: 'train', detail: 'none', area, width: 60, height: 40 },
      going,
    );
    expect(colorOf(shown.image)).toEqual([1, -1, -1, 1, -1, -1]);
  });

  test('is the file of the same name, unless its shape is another one', async () => {
    const [sources, targets] = [temporaryFolder(), temporaryFolder()];
    for (const [name, width] of [
      ['same', 60],
      ['other', 40],
    ] as const) {
      writeFileSync(join(sources, `${name}.png`), await flat(60, 40, '#808080'));
      writeFileSync(join(targets, `${name}.png`), await flat(width, 40, '#00ff00'));
    }
    const about = await withPairs('folders', `{ source: ${sources}, target: { folder: ${targets} } }`);
    const made = (name: string) =>
      translator.translate(
        { ...about, image: join(sources, `${name}.png`), weights: 'base', size: 'train' },
        going,
      );
    const { target, quality } = await made('same');
    expect([target!.width, target!.height, target!.data[1]]).toEqual([48, 32, 1]);
    expect(quality!.psnr).toBeGreaterThan(0);
    expect((await made('other')).target).toBeUndefined();
  });
});
