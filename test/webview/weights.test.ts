import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { weightsView } from '../../src/protocol/webview/weights.ts';
import { casesOf } from '../long-tests.ts';
import { graveFindings, injectAxe, unfoldAll } from './harness/axe.ts';
import { browserSession, paramsOf, pixel, waitForCalls } from './harness/session.ts';
import { THEMES } from './harness/themes.ts';

const open = browserSession();
const STATISTICS = weightsView.statistics.method;

describe('histograms', () => {
  it('draw every layer: the zoo as bars, the weights as an outline over the same axis', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    const charts = page.locator('.small-multiples .chart');
    await charts.last().locator('svg').waitFor();
    expect(await charts.count()).toBe(12);
    for (const chart of await charts.all()) {
      // Of the 96 bars, those that hold all but the outermost thousandth.
      const bars = await chart.locator('g[aria-label=rect] rect').count();
      expect(bars).toBeGreaterThan(40);
      expect(bars).toBeLessThanOrEqual(96);
      expect(await chart.locator('g[aria-label=line] path').count()).toBe(1);
      expect(await chart.getByText('Weight value', { exact: true }).count()).toBe(1);
      expect(await chart.getByText('Density', { exact: true }).count()).toBe(1);
    }
  });

  it('have their numbers in a table, as densities of area 1', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    const chart = page.getByRole('figure', { name: /^us\.conv/ });
    await chart.locator('summary').click();
    const rows = await chart.locator('tbody tr').allInnerTexts();
    expect(rows).toHaveLength(96);
    const numbers = (text: string) =>
      text
        .replaceAll('−', '-')
        .match(/-?\d[\d.]*(e-?\d+)?/g)!
        .map(Number);
    const areas = rows
      .map(numbers)
      .map(([from, to, own, zoo]) => [(to! - from!) * own!, (to! - from!) * zoo!]);
    expect(areas.reduce((sum, [own]) => sum + own!, 0)).toBeCloseTo(1, 1);
    expect(areas.reduce((sum, [, zoo]) => sum + zoo!, 0)).toBeCloseTo(1, 1);
  });
});

it('draws what is below the screen also on a page that is never idle', async () => {
  const page = await open({ view: 'weights', scenario: 'ready' });
  await page.locator('.small-multiples .chart').last().locator('svg').waitFor();
  await page.evaluate(() => {
    window.requestIdleCallback = (callback, options) =>
      options?.timeout === undefined ? 0 : window.setTimeout(callback, options.timeout);
  });
  // Every chart is drawn again, in the colors of the other theme.
  const line = page.getByRole('figure', { name: 'Map of the zoo' }).locator('g[aria-label=dot] path').last();
  const before = await line.getAttribute('fill');
  await page.evaluate(() => harness.setTheme('light'));
  await expect.poll(() => line.getAttribute('fill')).not.toBe(before);
});

describe('block map', () => {
  const CANVAS = '.heat-map canvas';
  /** Middle of the cell of the block that the fixtures put 3.4 standard deviations too high: ds.conv, 5th. */
  const cell = (column: number, row: number, side: number) =>
    [column * side + side / 2, row * 20 + 10] as const;

  it('colours a block beyond three deviations as the theme’s red, in every theme, at once', async () => {
    const page = await open({ view: 'weights', scenario: 'ready', theme: 'dark' });
    await page.locator(CANVAS).waitFor();
    const side = await page.locator(CANVAS).evaluate((canvas) => (canvas as HTMLCanvasElement).width / 6);
    const [x, y] = cell(4, 2, side);
    expect(await pixel(page, CANVAS, x, y)).toEqual([0xf1, 0x4c, 0x4c]);
    await page.evaluate(() => harness.setTheme('light'));
    await page.waitForFunction(
      ([selector, left, top]) => {
        const canvas = document.querySelector<HTMLCanvasElement>(selector)!;
        const [red, green] = canvas.getContext('2d')!.getImageData(left, top, 1, 1).data;
        return red === 0xe5 && green === 0x14;
      },
      [CANVAS, x, y] as const,
    );
  });

  it('is walked with the arrow keys and says what lies under them', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    const map = page.getByRole('application', { name: /40 blocks of 256 weights/ });
    await map.focus();
    const readOut = page.locator('.heat-map .read-out');
    expect(await readOut.innerText()).toMatch(/^Block 0, downsample\.conv1: /);
    await page.keyboard.press('ArrowRight');
    expect(await readOut.innerText()).toMatch(/^Block 1, downsample\.conv1: /);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    // downsample has 3 + 6 blocks; ds.conv the six from 9.
    expect(await readOut.innerText()).toMatch(/^Block 14, ds\.conv: /);
    await page.keyboard.press('ArrowRight');
    expect(await readOut.innerText()).toMatch(/^Block 14, /);
    await page.keyboard.press('ArrowLeft');
    expect(await readOut.innerText()).toMatch(/Block 13.*\(\+\d\.\d+ standard deviations\)/);
  });

  it('can show magnitudes instead', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    await page.getByRole('combobox', { name: 'Color shows' }).click();
    await page.getByRole('option', { name: 'Root mean square', exact: true }).click();
    await page.locator('.color-legend-label').getByText('Root mean square', { exact: true }).waitFor();
  });
});

describe('histogram of a block', () => {
  const title = (page: Page) => page.getByRole('figure', { name: /^Block \d+/ }).locator('.chart-title');

  it('is asked for and shown for the block that is clicked, or on which Enter is pressed', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    const map = page.getByRole('application', { name: /40 blocks of 256 weights/ });
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await title(page).innerText()).toMatch(/^Block 1 +downsample\.conv1$/);
    const side = await page.locator('.heat-map canvas').evaluate((canvas) => canvas.clientWidth / 6);
    await map.click({ position: { x: 4.5 * side, y: 2 * 20 + 10 } });
    await page
      .getByRole('figure', { name: /^Block 13 / })
      .locator('svg')
      .waitFor();
    expect(await title(page).innerText()).toMatch(/^Block 13 +ds\.conv$/);
    expect(await paramsOf(page, weightsView.blockHistogram.method)).toMatchObject([
      { block: 1, concept: 'sketch-at-night', weights: 'weights/sketch-at-night/denoised.safetensors' },
      { block: 13 },
    ]);
  });
});

describe('denoising', () => {
  const drawn = async (page: Page) => {
    await page.getByRole('textbox', { name: 'Denoising steps' }).fill('10');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Denoise step by step' }).click();
    await page.getByRole('slider', { name: 'State' }).waitFor();
  };
  const chart = (page: Page, name: string) => page.getByRole('figure', { name });

  it('draws again with the steps that are asked for, and begins at its end', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    await page.getByText('These weights were denoised in 1 step from the noise of seed 7').waitFor();
    await drawn(page);
    expect(await paramsOf(page, weightsView.trajectory.method)).toEqual([
      { training: 'fast', concept: 'sketch-at-night', seed: 7, steps: 10, bins: 96 },
    ]);
    const slider = page.getByRole('slider', { name: 'State' });
    expect(await slider.getAttribute('aria-valuetext')).toBe('weights, after step 10 of 10, timestep 0');
    for (const name of [
      'Distribution of the state',
      'Path across the zoo’s map',
      'Distance to the final weights',
    ])
      await chart(page, name).locator('svg').waitFor();
  });

  it('goes through the states under the slider: text, histogram and place on the map follow', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    await drawn(page);
    const slider = page.getByRole('slider', { name: 'State' });
    const looks = () =>
      Promise.all([
        chart(page, 'Distribution of the state').locator('g[aria-label=line] path').getAttribute('d'),
        chart(page, 'Path across the zoo’s map').locator('g[aria-label=dot] path').getAttribute('transform'),
        chart(page, 'Distance to the final weights')
          .locator('g[aria-label=dot] path')
          .getAttribute('transform'),
      ]);
    const weights = await looks();
    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByText('noise, timestep 1, distance to the weights 1.05').waitFor();
    await expect.poll(async () => (await looks()).filter((look, i) => look === weights[i])).toEqual([]);
    await page.getByRole('button', { name: 'Next state' }).click();
    await page.getByText('after step 1 of 10, timestep 0.9,').waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByText('weights, after step 10 of 10, timestep 0,').waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  it.each(casesOf(THEMES, (theme) => theme === THEMES[0]))(
    'has no grave fault for axe in the theme %s',
    async (theme) => {
      const page = await open({ view: 'weights', scenario: 'ready', theme });
      await drawn(page);
      await page.getByRole('application', { name: /40 blocks of 256 weights/ }).press('Enter');
      for (const name of ['Distance to the final weights', /^Block \d+/])
        await page.getByRole('figure', { name }).locator('svg').waitFor();
      await unfoldAll(page.mainFrame());
      await injectAxe(page.mainFrame());
      expect(await graveFindings(page.mainFrame(), theme)).toEqual([]);
    },
  );

  it('says why weights cannot be drawn', async () => {
    const page = await open({ view: 'weights', scenario: 'no-generator' });
    await page.getByRole('button', { name: 'Denoise step by step' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('There is no weight generator yet.');
  });

  it('is offered for weights that were denoised only', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    await page.getByRole('heading', { name: 'Denoising' }).waitFor();
    await page.getByRole('combobox', { name: 'Weights' }).click();
    await page.getByRole('option', { name: 'fine-tuned' }).click();
    await page.getByRole('heading', { name: 'Denoising' }).waitFor({ state: 'detached' });
  });
});

describe('choices', () => {
  it('are kept over a reload of the page', async () => {
    const page = await open({ view: 'weights', scenario: 'ready' });
    await page.getByRole('combobox', { name: 'Weights' }).click();
    await page.getByRole('option', { name: 'fine-tuned' }).click();
    await waitForCalls(page, STATISTICS, 2);
    const state = await page.evaluate(() => harness.state);
    expect(state).toMatchObject({ target: { concept: 'sketch-at-night' } });

    const again = await open({ view: 'weights', scenario: 'ready', state });
    await again.locator('.heat-map').waitFor();
    expect(await paramsOf(again, STATISTICS)).toEqual([
      {
        training: 'fast',
        concept: 'sketch-at-night',
        weights: 'weights/sketch-at-night/fine-tuned.safetensors',
        bins: 96,
      },
    ]);
  });

  it('are measured again when a run replaces the file, the old figures standing until then', async () => {
    const page = await open({ view: 'weights', scenario: 'live' });
    await page.locator('.heat-map').waitFor();
    await page.getByRole('progressbar', { name: 'Progress of fine-tune' }).waitFor();
    await page.evaluate(async (method) => {
      const before = harness.handlers[weightsConnect()]!(undefined) as {
        state: { concepts: { weights: { modified: number }[] }[] };
      };
      const { state } = structuredClone(before);
      for (const { weights } of state.concepts) for (const choice of weights) choice.modified += 1000;
      const answer = harness.handlers[method]!;
      harness.handlers[method] = (params) =>
        new Promise((resolve) => {
          Object.assign(globalThis, { release: () => resolve(answer(params)) });
        });
      harness.notify({ method: 'weights/state' }, state);
      function weightsConnect() {
        return 'weights/connect';
      }
    }, STATISTICS);
    await waitForCalls(page, STATISTICS, 2);
    await page.locator('.stale .heat-map').waitFor();
    await page.evaluate(() => (globalThis as unknown as { release: () => void }).release());
    await page.waitForFunction(() => !document.querySelector('.stale'));
  });
});

it('says why there are no statistics, and tries again when asked', async () => {
  const page = await open({ view: 'weights', scenario: 'failing' });
  await page.getByRole('alert').getByText('Collect more concepts').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await waitForCalls(page, STATISTICS, 2);
});

it('says how many weights are not finite, and only where some are', async () => {
  const page = await open({ view: 'weights', scenario: 'not-finite' });
  const reading = page.locator('.reading').filter({ hasText: 'Not finite' });
  await reading.waitFor();
  expect(await reading.locator('.reading-value').innerText()).toBe('3');
  const usual = await open({ view: 'weights', scenario: 'ready' });
  await usual.locator('.reading').first().waitFor();
  expect(await usual.getByText('Not finite').count()).toBe(0);
});
