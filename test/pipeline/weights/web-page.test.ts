import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ort } from '../../../src/compute/onnx/runtime.ts';
import { translate } from '../../../src/pipeline/stages/translate.ts';
import { exportWeights } from '../../../src/pipeline/weights/export-weights.ts';
import type { ExportForm } from '../../../src/protocol/export-forms.ts';
import type { StageOptions } from '../../../src/protocol/stages.ts';
import { launchBrowser } from '../../browser.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { temporaryFolder } from '../../temporary-folders.ts';
import { HOSTILE } from '../../webview/harness/hostile.ts';
import { stageContext } from '../stage-context.ts';

type Session = Awaited<ReturnType<typeof ort.InferenceSession.create>>;

const folder = temporaryFolder();
let trained: TrainedProject;
let browser: Browser;
let page: Page;
/** Errors of the page, and addresses that it asked for. */
const errors: string[] = [];
const asked: string[] = [];

const exported = async (what: ExportForm, output: string, half = false) => {
  const { project, training } = trained;
  const concept = { ...project.concepts.find(({ name }) => name === 'snow')!, prompt: `as snow${HOSTILE}` };
  await exportWeights({ project, training, concept, weights: 'denoised', what, half, output });
  return output;
};

beforeAll(async () => {
  [trained, browser] = await Promise.all([makeTrainedProject(), launchBrowser()]);
  const file = await exported('web', join(folder, 'snow.html'));
  const context = await browser.newContext({ offline: true, colorScheme: 'dark' });
  page = await context.newPage();
  // Other programs run on the machine, too.
  page.setDefaultTimeout(90_000);
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await page.getByText('Ready.').waitFor();
});
afterAll(() => browser.close());

/** A photograph-like picture: slopes, an edge and noise. */
async function picture(name: string, width: number, height: number, channels: 3 | 4 = 3): Promise<string> {
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let c = 0; c < channels; c++) {
      const value =
        120 + 80 * Math.sin(x / 7 + c) * Math.cos(y / 9) + (x > y ? 30 : 0) + ((x * 7 + y * 13) % 11);
      data[i * channels + c] = c === 3 ? Math.min(255, 4 * x) : value;
    }
  }
  const file = join(folder, name);
  await sharp(data, { raw: { width, height, channels } }).png().toFile(file);
  return file;
}

interface Pixels {
  width: number;
  height: number;
  /** What is seen of the picture on white: red, green and blue. */
  seen: Buffer;
  /** Alpha of each pixel. */
  alpha: Buffer;
}

async function pixelsOf(file: string): Promise<Pixels> {
  const { width, height } = await sharp(file).metadata();
  const seen = await sharp(file).flatten({ background: '#ffffff' }).raw().toBuffer();
  return { width, height, seen, alpha: await sharp(file).ensureAlpha().extractChannel(3).raw().toBuffer() };
}

/** What the page makes of a picture, as it is saved. */
async function inPage(file: string): Promise<Pixels> {
  const name = file.slice(folder.length + 1);
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText(`Translated ${name}.`).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('Save as PNG').click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${name.replace('.png', '')}-snow.png`);
  return pixelsOf(await download.path());
}

/** What the engine makes of it. */
async function inEngine(file: string, options: StageOptions): Promise<Pixels> {
  const output = temporaryFolder();
  const { context } = stageContext(trained, {
    concept: 'snow',
    weights: 'denoised',
    input: file,
    output,
    ...options,
  });
  await translate(context);
  return pixelsOf(join(output, file.slice(folder.length + 1)));
}

/** What ONNX Runtime for Node.js makes of it with the exported model, at the picture's own size. */
async function inNode(file: string, session: Session): Promise<Pixels> {
  const { width, height, seen: data, alpha } = await pixelsOf(file);
  const planes = new Float32Array(data.length);
  const count = width * height;
  data.forEach((value, i) => {
    planes[(i % 3) * count + Math.floor(i / 3)] = value / 127.5 - 1;
  });
  const { result } = await session.run({ image: new ort.Tensor('float32', planes, [1, 3, height, width]) });
  const made = result!.data as Float32Array;
  const bytes = Buffer.from(
    data.map((_, i) =>
      Math.min(255, Math.max(0, Math.round((made[(i % 3) * count + Math.floor(i / 3)]! + 1) * 127.5))),
    ),
  );
  return { width, height, seen: bytes, alpha };
}

/** Mean absolute difference of two pictures, in levels of 255. */
function difference(a: Pixels, b: Pixels): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  expect(a.alpha.equals(b.alpha)).toBe(true);
  return a.seen.reduce((sum, value, i) => sum + Math.abs(value - b.seen[i]!), 0) / a.seen.length;
}

const sizeChoice = () => page.getByLabel('Size for the network');

test('at three sizes, the page gives the pictures of the engine and of ONNX Runtime for Node.js', async () => {
  const session = await ort.InferenceSession.create(await exported('onnx', join(folder, 'snow.onnx')));
  await sizeChoice().selectOption('native');
  for (const [width, height] of [
    [32, 32],
    [64, 24],
    [37, 61],
  ] as const) {
    const file = await picture(`own-${width}.png`, width, height);
    const made = await inPage(file);
    // The network does something that can be told from nothing.
    expect(difference(made, await pixelsOf(file))).toBeGreaterThan(5);
    expect(difference(made, await inEngine(file, { size: 'native' }))).toBeLessThan(0.1);
    expect(difference(made, await inNode(file, session))).toBeLessThan(0.1);
  }
  await session.release();
});

test('large pictures in tiles, reduced and enlarged ones with their transparency are those of the engine', async () => {
  await sizeChoice().selectOption('native');
  const tiled = await picture('tiled.png', 150, 110);
  expect(difference(await inPage(tiled), await inEngine(tiled, { size: 'native' }))).toBeLessThan(0.1);
  await sizeChoice().selectOption('train');
  for (const [name, width, height] of [
    ['reduced.png', 500, 300],
    ['enlarged.png', 20, 24],
  ] as const) {
    const file = await picture(name, width, height, 4);
    expect(difference(await inPage(file), await inEngine(file, { size: 'train' }))).toBeLessThan(1);
  }
  await page.getByLabel('Add the fine detail').check();
  const detailed = await picture('detailed.png', 140, 70);
  expect(
    difference(await inPage(detailed), await inEngine(detailed, { size: 'train', detail: 'source' })),
  ).toBeLessThan(1);
  await page.getByLabel('Add the fine detail').uncheck();
});

test('a translation can be stopped, and the next one is whole', async () => {
  await sizeChoice().selectOption('native');
  await page.locator('input[type=file]').setInputFiles(await picture('large.png', 1500, 1000));
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped.').waitFor();
  const file = await picture('after.png', 40, 30);
  expect(difference(await inPage(file), await inEngine(file, { size: 'native' }))).toBeLessThan(0.1);
});

test('what cannot be translated is refused by name, with what helps', async () => {
  const put = (name: string, buffer: Buffer, mimeType = 'image/png') =>
    page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer });
  const problem = page.getByRole('alert');
  await put('notes.txt', Buffer.from('text'), 'text/plain');
  await problem.getByText('notes.txt is not a picture that this browser can read.').waitFor();
  await put('drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml');
  await problem.getByText('drawing.svg is not a picture').waitFor();
  const strip = sharp({ create: { width: 33_000, height: 4, channels: 3, background: 'red' } });
  await put('strip.png', await strip.png().toBuffer());
  await problem.getByText('strip.png has 33,000 × 4 pixels. This page takes up to').waitFor();
  const whole = readFileSync(await picture('whole.png', 200, 200));
  await put('half.png', whole.subarray(0, whole.length / 2));
  await problem
    .getByText(/^half\.png: the picture of 200 × 200 pixels cannot be decoded\. It is damaged/)
    .waitFor();
  await sizeChoice().selectOption('other');
  await page.getByLabel('Shorter side in pixels').fill('7');
  await page.getByLabel('Shorter side in pixels').blur();
  await page.getByText('Enter a whole number from 16 to 4096.').waitFor();
  await page.getByLabel('Shorter side in pixels').fill('64');
  await page.getByLabel('Shorter side in pixels').blur();
  const file = await picture('sized.png', 100, 50);
  expect(difference(await inPage(file), await inEngine(file, { size: 64 }))).toBeLessThan(1);
});

test('it is used with the keyboard, and read in light and dark', async () => {
  const file = await picture('keys.png', 48, 40);
  await page.locator('body').press('Tab');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a picture…' }).press('Enter');
  await (await chooser).setFiles(file);
  await page.getByText('Translated keys.png.').waitFor();
  const divider = page.getByRole('slider');
  await divider.press('Home');
  await divider.press('ArrowRight');
  expect(await divider.getAttribute('aria-valuetext')).toBe('1 % picture, 99 % translation');
  await page.locator('summary').first().press('Enter');
  await page.locator('summary').last().press('Enter');
  expect(await page.getByRole('region', { name: 'Licenses' }).textContent()).toMatch(
    /denoised-weights.*MIT License.*onnxruntime-web 1.*Microsoft Corporation.*preact/is,
  );
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(28, 28, 28)');
    const { violations } = (await page.evaluate('axe.run(document)')) as { violations: { id: string }[] };
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
});

test('names and prompts of others are text, and nothing is asked of a network', async () => {
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: `a${HOSTILE}`.slice(0, 200), mimeType: 'text/plain', buffer: Buffer.from('x') });
  await page.getByRole('alert').waitFor();
  expect(await page.evaluate('typeof intruded')).toBe('undefined');
  expect(await page.locator('.intruder').count()).toBe(0);
  const text = `${await page.title()}${await page.locator('body').innerText()}`;
  expect(text).toContain('<img class="intruder"');
  expect(text).toContain('\\u202e');
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  expect(asked.filter((url) => !/^(file|blob):/.test(url))).toEqual([]);
  expect(errors).toEqual([]);
});

test('only a page that is as it was exported is replaced', async () => {
  const file = join(folder, 'snow.html');
  const first = readFileSync(file);
  await exported('web', file);
  expect(readFileSync(file).equals(first)).toBe(true);
  writeFileSync(file, first.toString().replace('<title>', '<title>My '));
  await expect(exported('web', file)).rejects.toThrow(/snow\.html already exists/);
});
