import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect } from 'vitest';
import { meanDistance, type Pixels, sampled } from './picture-quality.ts';
import { stepsIn } from './scenario.ts';
import { setFineTuneSteps } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const CONCEPT = 'evening';
/** What is another picture beyond doubt, or the same turned another way: the mean of all channels, of 255. */
const VISIBLE = 4;

/** Width and height of upright photographs, and the EXIF orientation of the file that holds them turned. */
const SHAPES = [
  [150, 100, 1],
  [100, 150, 6],
  [120, 90, 3],
  [90, 130, 8],
  [110, 110, 1],
  [160, 90, 3],
  [96, 128, 6],
  [100, 140, 8],
] as const;
/** By how many degrees the pixels of a file are turned, against its orientation. */
const TURNED = { 1: 0, 3: 180, 6: 270, 8: 90 } as const;

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow(async (copy) => {
    setFineTuneSteps(copy, 20);
    await takePhotographs(join(copy, 'photos'), join(copy, 'holiday'));
  }));
  await workbench.resize(1280, 1000);
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

/** Small photographs of several shapes, as cameras that are held in different ways write them. */
async function takePhotographs(from: string, to: string): Promise<void> {
  mkdirSync(to);
  const names = readdirSync(from).filter((name) => name.endsWith('.jpg') && name !== 'cut-off.jpg');
  for (const [i, [width, height, orientation]] of SHAPES.entries()) {
    const upright = await sharp(join(from, names[i % names.length]!))
      .resize(width, height)
      .png()
      .toBuffer();
    await sharp(upright)
      .rotate(TURNED[orientation])
      .withMetadata({ orientation })
      .jpeg({ quality: 95 })
      .toFile(join(to, `holiday-${i}.jpg`));
  }
}

async function readPicture(file: string | Buffer): Promise<Pixels> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: [...data] };
}

/** A picture at another size. */
async function reduced(file: string | Buffer, { width, height }: Pixels): Promise<Pixels> {
  return readPicture(await sharp(file).resize(width, height, { fit: 'fill' }).png().toBuffer());
}

step('a folder of photographs becomes a concept, which is denoised and fine-tuned', async () => {
  const { palette, editor } = workbench;
  await palette.run('Denoised Weights: New Concept');
  await palette.answer('a warm evening');
  await expect.poll(() => palette.proposed()).toBe('a-warm-evening');
  await palette.answer(CONCEPT);
  await palette.choose('sepia');
  await editor.waitForTab(`${CONCEPT}.concept.yaml`);
  const file = join(project, 'concepts', `${CONCEPT}.concept.yaml`);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/source: .*/, 'source: ../holiday'));
  const concepts = workbench.view('Concepts');
  await concepts.waitFor(CONCEPT);
  for (const [command, done] of [
    ['Denoise Weights', 'denoised'],
    ['Fine-Tune Concept', 'fine-tuned'],
  ] as const) {
    // For the concept in the editor, without a question.
    await palette.run(`Denoised Weights: ${command}`);
    await concepts.waitFor(new RegExp(`${CONCEPT}.*${done}`));
  }
  await workbench.notifications.clear();
});

step('they are shown and translated in their shapes, upright', async () => {
  const { palette, shownView, translateView } = workbench;
  await palette.run('Denoised Weights: Show Translated Images');
  await translateView.waitFor(CONCEPT);
  const sources = await translateView.pixels('Source');
  const translated = await translateView.pixels('Fine-tuned');
  const names = await translateView.images();
  expect(names).toHaveLength(4);
  for (const [row, name] of names.entries()) {
    const source = sources[row]!;
    const upright = await sharp(join(project, 'holiday', name))
      .autoOrient()
      .png()
      .toBuffer();
    const { width, height } = await sharp(upright).metadata();
    // The network sees 32 pixels on the shorter side, of the whole photograph.
    expect(Math.min(source.width, source.height)).toBe(32);
    expect(source.width / source.height).toBeCloseTo(width / height, 1);
    expect(meanDistance(await reduced(upright, source), source)).toBeLessThan(VISIBLE);
    const turned = await sharp(upright).rotate(180).toBuffer();
    expect(meanDistance(await reduced(turned, source), source)).toBeGreaterThan(VISIBLE);
    expect([translated[row]!.width, translated[row]!.height]).toEqual([source.width, source.height]);
    expect(meanDistance(translated[row]!, source)).toBeGreaterThan(VISIBLE);
  }
  expect(await shownView.notices()).toEqual([]);
});

step('a translation is saved with the photograph’s size and orientation', async () => {
  const { palette, translateView } = workbench;
  const translated = await translateView.pixels('Fine-tuned');
  const names = await translateView.images();
  const row = names.findIndex((name) => {
    const shape = SHAPES[Number(/\d+/.exec(name)![0])]!;
    return shape[2] === 6 || shape[2] === 8;
  });
  expect(row).toBeGreaterThanOrEqual(0);
  const name = names[row]!;
  await translateView.compare(name);
  const [width, height] = SHAPES[Number(/\d+/.exec(name)![0])]!;
  const file = join(project, `${name.replace('.jpg', '')} fine-tuned.png`);
  await translateView.press('Save fine-tuned…');
  await palette.saveAs(file);
  await translateView.waitForSaved(`${file} with ${width} × ${height} pixels`);
  const { orientation = 1, ...metadata } = await sharp(file).metadata();
  expect({ width: metadata.width, height: metadata.height, orientation }).toEqual({
    width,
    height,
    orientation: 1,
  });
  const shown = translated[row]!;
  const distance = meanDistance(sampled(await readPicture(file), shown), shown);
  const turned = await readPicture(await sharp(file).rotate(180).toBuffer());
  expect(distance).toBeLessThan(meanDistance(sampled(turned, shown), shown) / 3);
});
