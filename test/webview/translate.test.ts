import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type AreaRequest, translateView } from '../../src/protocol/webview/translate.ts';
import { browserSession, paramsOf, pixel, savedFile, waitForCalls } from './harness/session.ts';

const open = browserSession();
const TRANSLATE = translateView.translate.method;
const SAVE = translateView.save.method;
const AREA = translateView.area.method;

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

/** The images that the page has given to its host, bytes as numbers. */
function givenImages(page: Page): Promise<{ kind: string; name: string; data?: number[] }[]> {
  return page.evaluate(() =>
    harness.calls
      .filter(({ method }) => method === 'translate/giveImage')
      .map(({ params }) => params as { kind: string; name: string; data?: Uint8Array })
      .map(({ data, ...image }) => ({ ...image, ...(data && { data: Array.from(data) }) })),
  );
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
    const page = await open({ view: 'translate', scenario: 'ready', width: 1600 });
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

  it('has a translation saved in the image’s own size and format, and says where it is', async () => {
    const page = await open({ view: 'translate', scenario: 'photograph' });
    await page.locator(DONE).waitFor();
    await page.getByText('Add the image’s fine detail').click();
    await page.getByRole('button', { name: 'Save denoised…' }).click();
    await page.getByText('Saved /home/mira/styles/IMG_2231 denoised.jpg with 4000 × 3000 pixels.').waitFor();
    expect(await paramsOf(page, translateView.saveTranslation.method)).toMatchObject([
      { size: 'train', detail: 'source', name: 'IMG_2231 denoised.jpg' },
    ]);
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
    expect(await givenImages(page)).toEqual([{ kind: 'bytes', name: 'holiday.jpg', data: [1, 2, 3] }]);
    expect((await paramsOf(page, TRANSLATE))[8]).toMatchObject({
      image: expect.stringMatching(/holiday\.jpg$/),
    });
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
    expect(await paramsOf(page, translateView.giveImage.method)).toEqual([
      { kind: 'uri', uri: 'file:///home/mira/my%20dog.png' },
    ]);
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
    const sent = await givenImages(page);
    expect(new Set(sent.map(({ name }) => name)).size).toBe(2);
    for (const { name } of sent) expect(name).toMatch(/^pasted \d\d\.\d\d\.\d\d( 2)?\.png$/);
    expect(new Set(sent.map(({ data }) => data!.join()))).toEqual(new Set(['4,5', '6']));
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
  const scale = await page
    .locator('.compare > canvas')
    .evaluate((element) => (element as HTMLCanvasElement).width / 64);
  expect(Number.isInteger(scale)).toBe(true);
  expect(await pixel(page, '.compare > canvas', 30 * scale, 31 * scale - 1)).toEqual(inTable);
  // The page has all pixels of such a small picture.
  expect(await paramsOf(page, AREA)).toEqual([]);
});

describe('a photograph', () => {
  const READY = 'main[aria-busy=false] .viewer-where [aria-busy=false]';
  const areas = (page: Page) => paramsOf(page, AREA) as Promise<AreaRequest[]>;
  const lastOf = async (page: Page, side: string) =>
    (await areas(page)).findLast((area) => area.side === side)!;
  /** Does something, and waits for what both sides then show. */
  async function shownAfter(page: Page, act: () => Promise<unknown>): Promise<AreaRequest> {
    const before = (await areas(page)).length;
    await act();
    await waitForCalls(page, AREA, before + 2);
    await page.locator(READY).waitFor();
    return lastOf(page, 'right');
  }
  const where = (page: Page) => page.locator('.viewer-where').innerText();

  it('is shown in its shape, and any part of it down to its pixels, by keys, buttons, wheel and pointer', async () => {
    const page = await open({ view: 'translate', scenario: 'photograph' });
    await page.locator(READY).waitFor();
    const frame = page.locator('.compare');
    const { width, height, x, y } = (await frame.boundingBox())!;
    expect(width / height).toBeCloseTo(4 / 3, 1);
    const [first, , third] = await page
      .locator('.picture-table canvas')
      .evaluateAll((all) =>
        all.map((canvas) => (canvas as HTMLCanvasElement).width / (canvas as HTMLCanvasElement).height),
      );
    expect([first, third]).toEqual([85 / 64, 85 / 64]);
    expect(await where(page)).toBe('The whole picture of 4000 × 3000 pixels. As it is saved.');
    // The whole of it, as large as it is shown, once for each side.
    const whole = { left: 0, top: 0, width: 4000, height: 3000 };
    expect(await areas(page)).toMatchObject([
      { side: 'left', area: whole, width },
      { side: 'right', area: whole, width },
    ]);

    await frame.focus();
    const middle = await shownAfter(page, () => page.keyboard.press('1'));
    expect(middle).toMatchObject({ width: middle.area.width, height: middle.area.height, size: 'train' });
    expect(middle.area.left + middle.area.width / 2).toBeCloseTo(2000, -1);
    expect(await lastOf(page, 'left')).not.toHaveProperty('weights');
    expect(await page.getByRole('application').getAttribute('aria-describedby')).toBe(
      await page.locator('.viewer-where').getAttribute('id'),
    );
    // At 1:1, the canvas has the very pixels that the host sent.
    const [drawn, sent] = await page.locator('.compare > canvas').evaluate(async (element) => {
      const { image } = harness.answers.at(-1) as { image: Uint8Array };
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(image)]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
      const of = (context: { getImageData: CanvasRenderingContext2D['getImageData'] }) =>
        Array.from(context.getImageData(40, 40, 60, 60).data);
      return [of((element as HTMLCanvasElement).getContext('2d')!), of(canvas.getContext('2d')!)];
    });
    expect(drawn).toEqual(sent);

    const moved = await shownAfter(page, () => page.keyboard.press('ArrowRight'));
    expect(moved.area.left - middle.area.left).toBeCloseTo(width / 10, -1);
    expect(await where(page)).toMatch(/^Pixels [\d]+ to [\d]+ of 4000 across, /);

    // The pointer moves the picture, but at the divider the divider.
    await page.mouse.move(x + width / 4, y + height / 2);
    await page.mouse.down();
    const dragged = await shownAfter(page, () => page.mouse.move(x + width / 4 + 100, y + height / 2 + 50));
    await page.mouse.up();
    expect([dragged.area.left - moved.area.left, dragged.area.top - moved.area.top]).toEqual([-100, -50]);
    await page.mouse.move(x + width / 2, y + height / 3);
    await page.mouse.down();
    await page.mouse.move(x + (3 * width) / 4, y + height / 3);
    await page.mouse.up();
    expect(Number(await page.getByRole('slider').inputValue())).toBe(75);
    expect(await lastOf(page, 'right')).toEqual(dragged);

    // The wheel keeps what is under the pointer there.
    const under = dragged.area.left + width / 4;
    await page.mouse.move(x + width / 4, y + height / 2);
    const out = await shownAfter(page, () => page.mouse.wheel(0, 400));
    expect(out.area.width).toBeGreaterThan(1.5 * dragged.area.width);
    expect(out.area.left + out.area.width / 4).toBeCloseTo(under, -1);
    const closer = await shownAfter(page, () => page.getByRole('button', { name: 'Zoom in' }).click());
    expect(closer.area.width).toBeLessThan(out.area.width);

    // What is looked at is kept while the page is hidden.
    const scale = closer.width / closer.area.width;
    await page.waitForFunction((wanted) => {
      const { view } = harness.state as { view: { look: { scale: number | 'fit' } } };
      return Math.abs(Number(view.look.scale) / wanted - 1) < 0.02;
    }, scale);
    const state = await page.evaluate(() => harness.state);
    const again = await open({ view: 'translate', scenario: 'photograph', state });
    await again.locator(READY).waitFor();
    expect(await where(again)).toBe(await where(page));
    await again.keyboard.press('Tab');
    await again.locator('.compare').focus();
    await again.keyboard.press('0');
    await again.getByText('The whole picture of 4000 × 3000 pixels.').waitFor();
  });

  it('is translated at full resolution where one looks closely, and at a size of one’s own', async () => {
    const page = await open({ view: 'translate', scenario: 'photograph' });
    await page.locator(READY).waitFor();
    await page.getByRole('combobox', { name: 'Size for the network' }).click();
    await page.getByRole('option', { name: 'full resolution' }).click();
    await page.getByText('A preview at the size of training: zoom in for full resolution.').waitFor();
    expect(await page.locator('.picture-table').getByText('preview, size of training').count()).toBe(2);
    await page.locator('.compare').focus();
    await page.keyboard.press('1');
    await page.getByText('As it is saved.').waitFor();
    expect(await lastOf(page, 'right')).toMatchObject({ size: 'native', detail: 'none' });

    await page.getByRole('combobox', { name: 'Size for the network' }).click();
    await page.getByRole('option', { name: 'shorter side…' }).click();
    // Until it is there, what was shown before stays.
    expect(await page.locator('.compare').isVisible()).toBe(true);
    const side = page.getByRole('textbox', { name: 'Shorter side' });
    await side.fill('96');
    await side.press('Tab');
    await page.waitForFunction(
      (area) =>
        harness.calls.some(
          ({ method, params }) => method === area && (params as { size: unknown }).size === 96,
        ),
      AREA,
    );
    await page.locator(DONE).waitFor();
    expect((await paramsOf(page, TRANSLATE)).at(-1)).toMatchObject({ size: 96 });
  });

  it('says why a part of it cannot be shown', async () => {
    const page = await open({ view: 'translate', scenario: 'photograph' });
    await page.locator(READY).waitFor();
    await page.evaluate(() => {
      harness.handlers['translate/area'] = () => {
        throw new Error('IMG_2231.jpg cannot be read: it ends early.');
      };
    });
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('alert').getByText('it ends early').waitFor();
  });
});
