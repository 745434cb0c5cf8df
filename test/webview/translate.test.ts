import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { browserSession, paramsOf, pixel, savedFile, waitForCalls } from './harness/session.ts';

const open = browserSession();
const TRANSLATE = translateView.translate.method;
const SAVE = translateView.save.method;

/** Waits until every picture of the table is there. */
const DONE = 'main[aria-busy=false] .picture-table';

/** Red, green and blue of a picture of 64 x 64 pixels, row by row. */
async function drawnPixels(page: Page, title: string): Promise<number[]> {
  const rgba = await page
    .getByRole('img', { name: title, exact: true })
    .evaluate((element) =>
      Array.from((element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 64, 64).data),
    );
  return rgba.filter((_, i) => i % 4 !== 3);
}

describe('table', () => {
  it('shows source, both translations and target of four images, with their quality and its mean', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    const heads = await page.locator('.picture-table thead th').allInnerTexts();
    expect(heads.map((head) => head.split('\n')[0])).toEqual(['Source', 'Denoised', 'Fine-tuned', 'Target']);
    expect(await page.locator('.picture-table canvas').count()).toBe(16);
    expect(await paramsOf(page, TRANSLATE)).toHaveLength(8);
    // The fixtures' values: 27.6, 27.2, 26.8, 26.4 dB; 0.822, 0.812, 0.802, 0.792.
    const mean = await page.locator('.picture-table tfoot td').nth(1).innerText();
    expect(mean).toMatch(/PSNR 27\.0 dB\s+SSIM 0\.807\s+mean of 4 images/);
  });

  it('draws the pixels of the file unchanged, and sharp at whole factors', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    const canvas = page.getByRole('img', { name: 'images/scene-001.png, Source', exact: true });
    const drawn = await canvas.evaluate((element) =>
      Array.from((element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 64, 64).data),
    );
    const file = await page.getByAltText('images/scene-001.png').evaluate((element) => {
      const scratch = document.createElement('canvas');
      scratch.width = 64;
      scratch.height = 64;
      const context = scratch.getContext('2d')!;
      context.drawImage(element as HTMLImageElement, 0, 0);
      return Array.from(context.getImageData(0, 0, 64, 64).data);
    });
    expect(drawn).toEqual(file);

    await page.getByRole('combobox', { name: 'Zoom' }).click();
    await page.getByRole('option', { name: '3 ×' }).click();
    await page.waitForFunction(
      () => document.querySelector('.picture-table canvas')!.getBoundingClientRect().width === 192,
    );
    expect(await canvas.evaluate((element) => getComputedStyle(element).imageRendering)).toBe('pixelated');
  });

  it('asks for each translation once, however often the state of a run changes', async () => {
    const page = await open({ view: 'translate', scenario: 'denoised-only' });
    await page.evaluate(async () => {
      const { state } = harness.handlers['translate/connect']!(undefined) as {
        state: { live: { done: number } };
      };
      for (let done = 331; done < 361; done++) {
        harness.notify({ method: 'translate/state' }, { ...state, live: { ...state.live, done } });
        await new Promise(requestAnimationFrame);
      }
    });
    await page.locator('.live-run').getByText('360 of 500').waitFor();
    await page.locator(DONE).waitFor();
    expect(await paramsOf(page, TRANSLATE)).toHaveLength(8);
  });

  it('says why a translation failed, and asks again', async () => {
    const page = await open({ view: 'translate', scenario: 'failing' });
    await page.getByRole('alert').getByText('it ends early').waitFor();
    await page.locator(DONE).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForCalls(page, TRANSLATE, 16);
  });
});

describe('before and after', () => {
  it('moves its divider with the keyboard', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    const divider = page.getByRole('slider', { name: 'Divider between source and fine-tuned' });
    await divider.focus();
    expect(await divider.getAttribute('aria-valuetext')).toBe('50 % source, 50 % fine-tuned');
    await page.keyboard.press('ArrowRight');
    expect(await divider.getAttribute('aria-valuetext')).toBe('51 % source, 49 % fine-tuned');
    await page.keyboard.press('Home');
    expect(await divider.inputValue()).toBe('0');
    const left = page.locator('.compare-left');
    expect(await left.evaluate((element) => getComputedStyle(element).clipPath)).toBe(
      'inset(0px 100% 0px 0px)',
    );
    await page.keyboard.press('End');
    expect(await left.evaluate((element) => getComputedStyle(element).clipPath)).toBe(
      'inset(0px 0% 0px 0px)',
    );
  });

  it('shows the image that is chosen in the table, and keeps the choice', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.getByRole('button', { name: 'Compare images/scene-003.png in the slider' }).press('Enter');
    await page.locator('.comparison h2').getByText('images/scene-003.png').waitFor();
    const state = await page.evaluate(() => harness.state);
    const again = await open({ view: 'translate', scenario: 'ready', state });
    await again.locator('.comparison h2').getByText('images/scene-003.png').waitFor();
  });

  it('saves the picture’s own bytes', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.getByRole('button', { name: 'Save fine-tuned…' }).click();
    await page.getByText('Saved the fine-tuned image.').waitFor();
    const { name, data } = await savedFile(page, SAVE);
    expect(name).toBe('scene-001 fine-tuned.png');
    expect(Array.from(data.subarray(0, 4))).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  it('saves the stages one after the other as an animation', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.getByRole('button', { name: 'Save progression…' }).click();
    await page.getByText('Saved the progression.').waitFor();
    const { name, data } = await savedFile(page, SAVE);
    expect(name).toBe('scene-001 progression.gif');
    const { width, pageHeight, pages, delay, loop } = await sharp(data, { animated: true }).metadata();
    // Pictures of 64 pixels, doubled and above their captions.
    expect({ width, pageHeight, pages, delay, loop }).toEqual({
      ...{ width: 192, pageHeight: 128 + 22, pages: 4, delay: [1000, 1000, 1000, 1000], loop: 0 },
    });
    for (const [frame, title] of ['Source', 'Denoised', 'Fine-tuned', 'Target'].entries()) {
      const drawn = await drawnPixels(page, `images/scene-001.png, ${title}`);
      const pixels = await sharp(data, { page: frame })
        .removeAlpha()
        .extract({ left: 0, top: 0, width: 128, height: 128 })
        .resize(64, 64, { kernel: 'nearest' })
        .raw()
        .toBuffer();
      // 256 colors for each frame: a small part of the range off, in the mean.
      const off = drawn.reduce((sum, value, i) => sum + Math.abs(value - pixels[i]!), 0) / drawn.length;
      expect(off).toBeLessThan(4);
    }
  });
});

describe('contact sheet', () => {
  it('has every picture of the table, its pixels enlarged and unchanged', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.getByRole('button', { name: 'Save contact sheet…' }).click();
    await page.getByText('Saved the contact sheet.').waitFor();
    const { name, data } = await savedFile(page, SAVE);
    expect(name).toBe('sketch-at-night contact sheet.png');
    const sheet = sharp(data).removeAlpha();
    const { width, height } = await sheet.metadata();
    // Four pictures of 64 pixels a row, each doubled: 16 of margin, 8 between, lines of 20.
    expect([width, height]).toEqual([2 * 16 + 4 * 128 + 3 * 8, 16 + 40 + 4 * (20 + 128 + 20 + 8) + 16]);
    for (const [row, column, title] of [
      [0, 0, 'images/scene-001.png, Source'],
      [2, 3, 'images/scene-003.png, Target'],
    ] as const) {
      const drawn = await drawnPixels(page, title);
      const part = await sheet
        .clone()
        .extract({ left: 16 + column * 136, top: 56 + row * 176 + 20, width: 128, height: 128 })
        .raw()
        .toBuffer();
      const halved = drawn.map((_, i) => {
        const [x, y, channel] = [Math.floor(i / 3) % 64, Math.floor(i / 192), i % 3];
        return part[(2 * y * 128 + 2 * x) * 3 + channel]!;
      });
      expect(halved).toEqual(drawn);
    }
  });
});

describe('images', () => {
  it('of one’s own are translated when dropped, without a target', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.locator('.images').evaluate((element) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array([1, 2, 3])], 'holiday.jpg', { type: 'image/jpeg' }));
      element.dispatchEvent(
        new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
    });
    await waitForCalls(page, TRANSLATE, 10);
    await page.locator(DONE).waitFor();
    const sent = await page.evaluate(() => {
      const { params } = harness.calls.filter(({ method }) => method === 'translate/translate')[8]!;
      const { image } = params as { image: { kind: string; name: string; data: Uint8Array } };
      return { ...image, data: Array.from(image.data) };
    });
    expect(sent).toEqual({ kind: 'bytes', name: 'holiday.jpg', data: [1, 2, 3] });
    await page.locator('.comparison h2').getByText('holiday.jpg').waitFor();
    await page.getByText('no target').waitFor();
  });

  it('dragged out of the explorer are passed on by address', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.locator('.images').evaluate((element) => {
      const transfer = new DataTransfer();
      transfer.setData('text/uri-list', 'file:///home/mira/my%20dog.png\r\n');
      element.dispatchEvent(
        new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
    });
    await page.locator('.comparison h2').getByText('my dog.png').waitFor();
    expect((await paramsOf(page, TRANSLATE))[8]).toMatchObject({
      image: { kind: 'uri', uri: 'file:///home/mira/my%20dog.png' },
    });
  });

  it('are translated when pasted, each under a name of its own', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array([4, 5])], 'image.png', { type: 'image/png' }));
      clipboardData.items.add(new File([new Uint8Array([6])], 'image.png', { type: 'image/png' }));
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    });
    await waitForCalls(page, TRANSLATE, 12);
    const sent = await page.evaluate(() =>
      harness.calls
        .filter(({ method }) => method === 'translate/translate')
        .slice(8)
        .map(({ params }) => (params as { image: { name: string; data: Uint8Array } }).image)
        .map(({ name, data }) => ({ name, data: Array.from(data) })),
    );
    expect(new Set(sent.map(({ name }) => name)).size).toBe(2);
    for (const { name } of sent) expect(name).toMatch(/^pasted \d\d\.\d\d\.\d\d( 2)?\.png$/);
    expect(new Set(sent.map(({ data }) => data.join()))).toEqual(new Set(['4,5', '6']));
  });

  it('say what is wrong with a paste that holds none', async () => {
    const page = await open({ view: 'translate', scenario: 'ready' });
    await page.locator(DONE).waitFor();
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'a letter');
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    });
    await page.getByRole('alert').getByText('The clipboard has no image.').waitFor();
  });

  it('say that pairs must be prepared where none is held out', async () => {
    const page = await open({ view: 'translate', scenario: 'unprepared' });
    await page.getByText('the pairs of this concept have not been prepared').waitFor();
  });
});

it('denoises with another seed and shows what came of it beside the first', async () => {
  const page = await open({ view: 'translate', scenario: 'ready' });
  await page.locator(DONE).waitFor();
  await page.getByText('Denoise with another seed').click();
  const seed = page.getByRole('textbox', { name: /^Seed/ });
  await seed.fill('12');
  await seed.press('Tab');
  await page.getByRole('button', { name: 'Denoise', exact: true }).click();
  await page.locator('.picture-table thead').getByText('Denoised, seed 12, 1 step').waitFor();
  const chosen = (list: string) =>
    page.getByRole('combobox', { name: list }).locator('.selected-value').innerText();
  expect([await chosen('First weights'), await chosen('Second weights')]).toEqual([
    'denoised',
    'denoised, seed 12, 1 step',
  ]);
  expect(await paramsOf(page, translateView.denoise.method)).toEqual([
    { training: 'fast', concept: 'sketch-at-night', seed: 12, steps: 1 },
  ]);
});

it('draws the divider’s right picture under the left one', async () => {
  const page = await open({ view: 'translate', scenario: 'ready' });
  await page.locator(DONE).waitFor();
  const inTable = await pixel(page, '.picture-table tbody:first-of-type td:nth-child(3) canvas', 30, 30);
  expect(await pixel(page, '.compare > canvas', 30, 30)).toEqual(inTable);
});
