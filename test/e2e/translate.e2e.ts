import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect } from 'vitest';
import type { GivenFile } from './pages/translate-view.ts';
import { colorDistance } from './pages/webview.ts';
import { meanDistance, type Pixels, psnr, sampled, ssim } from './picture-quality.ts';
import { stepsIn } from './scenario.ts';
import {
  fineTuneHeldOut,
  heldOutConcept,
  preparePairs,
  setFineTuneSteps,
  zooConcept,
} from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

/** The shorter side of every picture, as the network sees it. */
const SIDE = 32;
/** What is beyond doubt another picture: the mean of all channels, of 255. */
const VISIBLE = 2;

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow(async (copy) => {
    await preparePairs(copy, zooConcept);
    await fineTuneHeldOut(copy, 30);
  }));
  await workbench.resize(1280, 1000);
  // The palette offers the project's commands once it has been read.
  await workbench.view('Concepts').waitFor(new RegExp(`${heldOutConcept}.*fine-tuned`));
  await workbench.palette.run('Denoised Weights: Show Translated Images');
  await workbench.translateView.waitFor(heldOutConcept);
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

/** Pixels of a file that a view has saved. */
async function readPicture(file: string | Buffer): Promise<Pixels> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: [...data] };
}

/** A PNG of one color above another, as large as the project's images so that nothing resizes it. */
async function twoColors(name: string, above: string, below: string): Promise<GivenFile> {
  const half = { width: SIDE, height: SIDE / 2, channels: 3 } as const;
  const lower = await sharp({ create: { ...half, background: below } })
    .png()
    .toBuffer();
  const content = await sharp({ create: { ...half, height: SIDE, background: above } })
    .composite([{ input: lower, top: SIDE / 2, left: 0 }])
    .png()
    .toBuffer();
  return { name, type: 'image/png', content };
}

/** How far the pictures of two columns are apart, at least. */
function leastDistance(some: readonly Pixels[], others: readonly Pixels[]): number {
  return Math.min(...some.map((picture, row) => meanDistance(picture, others[row]!)));
}

/** Checks what stands below the pictures of a column against the pixels of these and of their targets. */
async function expectMeasured(title: string): Promise<void> {
  const { translateView } = workbench;
  const targets = await translateView.pixels('Target');
  const pictures = await translateView.pixels(title);
  const captions = await translateView.captions(title);
  expect([pictures.length, captions.length]).toEqual([targets.length, targets.length]);
  for (const [row, caption] of captions.entries()) {
    const [, decibels, similarity] = /PSNR ([\d.]+) dB.*SSIM (-?[\d.]+)/.exec(caption) ?? [];
    // Half of the last digit, and a little more: the engine measures before it rounds to 8 bits.
    expect(Math.abs(Number(decibels) - psnr(pictures[row]!, targets[row]!)), caption).toBeLessThan(0.06);
    expect(Math.abs(Number(similarity) - ssim(pictures[row]!, targets[row]!)), caption).toBeLessThan(0.003);
  }
}

step('every translation has the PSNR and the SSIM that its pixels and its target’s come to', async () => {
  await expectMeasured('Denoised');
  expect(await workbench.translateView.images()).toHaveLength(4);
  await expectMeasured('Fine-tuned');
});

step('the divider is moved by the keyboard, from the one picture to the other', async () => {
  const { translateView } = workbench;
  const [source] = await translateView.column('Source');
  const [fineTuned] = await translateView.column('Fine-tuned');
  await translateView.moveDivider('Home');
  expect(await translateView.dividerText()).toBe('0 % source, 100 % fine-tuned');
  const atHome = await translateView.compared();
  await translateView.moveDivider('End');
  expect(await translateView.dividerText()).toBe('100 % source, 0 % fine-tuned');
  const atEnd = await translateView.compared();
  expect(colorDistance(atHome, fineTuned!)).toBeLessThan(colorDistance(atHome, source!));
  expect(colorDistance(atEnd, source!)).toBeLessThan(colorDistance(atEnd, fineTuned!));
  await translateView.moveDivider('ArrowLeft');
  expect(await translateView.dividerText()).toBe('99 % source, 1 % fine-tuned');
});

step('one image is saved in the size of its photograph, and its stages as an animation', async () => {
  const { palette, translateView } = workbench;
  const [fineTuned] = await translateView.pixels('Fine-tuned');
  const [name] = await translateView.images();
  const { autoOrient } = await sharp(join(project, 'photos', name!)).metadata();
  const picture = join(project, 'one image.png');
  await translateView.press('Save fine-tuned…');
  await palette.saveAs(picture);
  await translateView.waitForSaved(`${picture} with ${autoOrient.width} × ${autoOrient.height} pixels`);
  const saved = await readPicture(picture);
  expect([saved.width, saved.height]).toEqual([autoOrient.width, autoOrient.height]);
  expect(meanDistance(sampled(saved, fineTuned!), fineTuned!)).toBeLessThan(VISIBLE);

  const animation = join(project, 'progression.gif');
  await translateView.press('Save progression…');
  await palette.saveAs(animation);
  await translateView.waitForSaved('the progression');
  const { format, pages } = await sharp(animation, { animated: true }).metadata();
  // Source, denoised, fine-tuned, target.
  expect({ format, pages }).toEqual({ format: 'gif', pages: 4 });
});

step('the contact sheet is as large as the table, and has its pictures', async () => {
  const { palette, translateView } = workbench;
  const file = join(project, 'sheet.png');
  await translateView.press('Save contact sheet…');
  await palette.saveAs(file);
  await translateView.waitForSaved('the contact sheet');
  expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
  const [columns, rows] = [(await translateView.titles()).length, (await translateView.images()).length];
  const targets = await translateView.pixels('Target');
  // Pictures enlarged to 128 pixels at least; 16 of margin, 8 between columns; lines of 20 above and below each picture.
  const longest = Math.max(...targets.flatMap((target) => [target.width, target.height]));
  const scale = Math.ceil(128 / longest);
  const side = longest * scale;
  const { width, height } = await sharp(file).metadata();
  expect({ width, height }).toEqual({
    width: 2 * 16 + columns * side + (columns - 1) * 8,
    height: 16 + 2 * 20 + rows * (20 + side + 20 + 8) + 16,
  });
  const shape = targets.at(-1)!;
  const last = await sharp(file)
    .extract({
      left: 16 + (columns - 1) * (side + 8),
      top: 56 + (rows - 1) * (side + 48) + 20,
      width: shape.width * scale,
      height: shape.height * scale,
    })
    .resize(shape.width, shape.height, { kernel: 'nearest' })
    .toBuffer();
  expect(await readPicture(last)).toEqual(shape);
});

step('images that are dropped and pasted get a row each, with translations of what they show', async () => {
  const { translateView } = workbench;
  const heldOut = await translateView.images();
  const dropped = await twoColors('holiday.png', '#204080', '#c0a060');
  await translateView.drop(dropped);
  await expect.poll(() => translateView.images()).toEqual(['holiday.png', ...heldOut]);
  const pasted = await twoColors('image.png', '#f0f0f0', '#301010');
  await translateView.paste(pasted);
  await expect.poll(async () => (await translateView.images()).length).toBe(heldOut.length + 2);
  const [name, second] = await translateView.images();
  expect(name).toMatch(/^pasted \d\d\.\d\d\.\d\d\.png$/);
  expect(second).toBe('holiday.png');

  const sources = await translateView.pixels('Source');
  expect(sources[0]).toEqual(await readPicture(pasted.content));
  expect(sources[1]).toEqual(await readPicture(dropped.content));
  for (const title of ['Denoised', 'Fine-tuned']) {
    const translated = await translateView.pixels(title);
    expect(translated).toHaveLength(heldOut.length + 2);
    for (const row of [0, 1])
      expect(meanDistance(translated[row]!, sources[row]!), title).toBeGreaterThan(VISIBLE);
    // The concept's target is an effect, which any image has.
    await expectMeasured(title);
  }

  await translateView.press(`Remove ${name}`);
  await translateView.press('Remove holiday.png');
  await expect.poll(() => translateView.images()).toEqual(heldOut);
});

step(
  'weights denoised with another seed and in more steps are shown beside those of the project',
  async () => {
    const { translateView, shownView } = workbench;
    await translateView.denoise(12, 3);
    const title = 'Denoised, seed 12, 3 steps';
    await shownView.notice('Denoised in');
    const denoised = await translateView.pixels('Denoised');
    const again = await translateView.pixels(title);
    expect(await translateView.titles()).toEqual(['Source', 'Denoised', title, 'Target']);
    expect(again).toHaveLength(denoised.length);
    expect(leastDistance(again, denoised)).toBeGreaterThan(0);
    expect(await shownView.chosen('First weights')).toBe('denoised');
    expect(await shownView.chosen('Second weights')).toBe('denoised, seed 12, 3 steps');
    await shownView.choose('Second weights', 'fine-tuned');
    await translateView.pixels('Fine-tuned');
  },
);

step('a run that replaces the weights is named, and its pictures take the place of the former', async () => {
  const { palette, shownView, translateView, notifications } = workbench;
  const before = await translateView.pixels('Fine-tuned');
  setFineTuneSteps(project, 300);
  await palette.run('Denoised Weights: Fine-Tune Concept');
  await palette.choose(heldOutConcept);
  await shownView.waitForLiveRun('This view follows the run.');
  await shownView.waitForNoLiveRun();
  await expect
    .poll(async () => leastDistance(await translateView.pixels('Fine-tuned'), before))
    .toBeGreaterThan(VISIBLE);
  const targets = await translateView.pixels('Target');
  const after = await translateView.pixels('Fine-tuned');
  for (const [row, target] of targets.entries())
    expect(psnr(after[row]!, target)).toBeGreaterThan(psnr(before[row]!, target));
  await notifications.clear();
});

step('weights that the run kept on the way are chosen by their step', async () => {
  const { shownView, translateView } = workbench;
  // Four, evenly spaced over 300 steps.
  const labels = [240, 180, 120, 60].map((snapshot) => `fine-tuning, step ${snapshot}`);
  const offered = await shownView.entries('Second weights');
  expect(offered.filter((label) => label.startsWith('fine-tuning'))).toEqual(labels);
  await shownView.choose('Second weights', labels.at(-1)!);
  const title = 'Fine-tuning, step 60';
  const early = await translateView.pixels(title);
  await expectMeasured(title);
  expect(leastDistance(early, await translateView.pixels('Denoised'))).toBeGreaterThan(0);
  await shownView.choose('Second weights', 'fine-tuned');
  expect(leastDistance(early, await translateView.pixels('Fine-tuned'))).toBeGreaterThan(0);
});

step('another concept is shown with the weights and the targets that it has', async () => {
  const { shownView, translateView } = workbench;
  await shownView.choose('Concept', zooConcept);
  await translateView.waitFor(zooConcept);
  const targets = await translateView.pixels('Target');
  expect(targets).toHaveLength(4);
  for (const { rgb } of targets) {
    const [red, green, blue] = [0, 1, 2].map((channel) =>
      rgb.filter((_, i) => i % 3 === channel).reduce((sum, value) => sum + value, 0),
    );
    expect(red).toBeGreaterThan(green!);
    expect(green).toBeGreaterThan(blue!);
  }
  const [source, base, member, target] = await translateView.titles();
  expect([source, base, target]).toEqual(['Source', 'Base of tiny without LoRA', 'Target']);
  expect(member).toMatch(/^Zoo member, base [0-9a-f]+$/);
  expect(await translateView.pixels(member!)).toHaveLength(4);
});
