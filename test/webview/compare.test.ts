import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { compareView } from '../../src/protocol/webview/compare.ts';
import { browserSession, paramsOf, waitForCalls } from './harness/session.ts';

const open = browserSession();
const COMPARISON = compareView.comparison.method;
const NEWEST = '20261124-083000-evaluate-sketch-at-night';
const QUICKSTART = '20261123-070243-quickstart-fast';

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function openReady(state?: unknown): Promise<Page> {
  const page = await open({ view: 'compare', scenario: 'ready', state });
  await page.locator('.uplot').waitFor();
  return page;
}

/** The cells of a table's rows, by the text of their heads. */
async function rowsOf(page: Page, table: string): Promise<Record<string, string[]>> {
  const rows = await page.locator(`${table} :is(tbody, tfoot) tr`).all();
  const entries = await Promise.all(
    rows.map(async (row) => [
      (await row.locator('th').innerText()).replace(/\s+/g, ' '),
      (await row.locator('td').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim()),
    ]),
  );
  return Object.fromEntries(entries);
}

/** What the extension was asked to save last. */
async function saved(page: Page): Promise<{ name: string; bytes: Buffer }> {
  await waitForCalls(page, compareView.save.method, 1);
  const { name, data } = await page.evaluate((method) => {
    const { params } = harness.calls.findLast((call) => call.method === method)!;
    const request = params as { name: string; data: Uint8Array };
    return { name: request.name, data: Array.from(request.data) };
  }, compareView.save.method);
  return { name, bytes: Buffer.from(data) };
}

/** How many pixels of the chart have the denoised weights' color: the theme's blue. */
function denoisedPixels(page: Page): Promise<number> {
  return page.locator('.uplot canvas').evaluate((element) => {
    const blue = getComputedStyle(document.documentElement).getPropertyValue('--vscode-charts-blue').trim();
    const [red, green, rest] = blue.match(/[0-9a-f]{2}/gi)!.map((digits) => Number.parseInt(digits, 16));
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] === red && data[i + 1] === green && data[i + 2] === rest) count++;
    }
    return count;
  });
}

describe('curves', () => {
  it('are listed as a table in the metric that is chosen', async () => {
    const page = await openReady();
    await page.getByText('Data', { exact: true }).click();
    const rows = page.locator('.data-table tbody tr');
    await rows.first().waitFor();
    // 5 starts with 7 points each, and 11 of both from scratch.
    expect(await rows.count()).toBe(57);
    expect(await rows.first().locator('td').allInnerTexts()).toEqual([
      'Denoised weights',
      '0',
      '0',
      '24.88 dB',
    ]);
    await choose(page, 'Metric', 'SSIM');
    await page.getByRole('columnheader', { name: 'SSIM (higher is better)' }).waitFor();
    expect(await rows.first().locator('td').allInnerTexts()).toEqual(['Denoised weights', '0', '0', '0.945']);
  });

  it('are taken away and brought back by their entries in the legend', async () => {
    const page = await openReady();
    const legend = page.getByRole('list', { name: 'Starts, shown or hidden' });
    const denoised = legend.getByRole('button', { name: 'Denoised weights' });
    expect(await denoisedPixels(page)).toBeGreaterThan(100);
    await denoised.press('Enter');
    await legend.getByRole('button', { name: 'Show all starts' }).waitFor();
    expect(await denoised.getAttribute('aria-pressed')).toBe('false');
    expect(await denoisedPixels(page)).toBe(0);
    await legend.getByRole('button', { name: 'Show all starts' }).click();
    await legend.getByRole('button', { name: 'Show all starts' }).waitFor({ state: 'detached' });
    expect(await denoisedPixels(page)).toBeGreaterThan(100);
  });

  it('say under the pointer what was measured there', async () => {
    const page = await openReady();
    const box = (await page.locator('.u-over').boundingBox())!;
    // The start of Pix2pix: at the left end, 8.721 dB on an axis from 0 to 40, below the nearest others.
    const y = box.y + box.height * (1 - (0.015 + 8.721 / 40) / 1.03);
    await page.mouse.move(box.x + (box.width * 0.015) / 1.03, y);
    await page.getByText('Pix2pix from scratch before training: 8.72 dB').waitFor();
  });

  it('say so where all are hidden', async () => {
    const page = await openReady();
    for (const toggle of await page.locator('.series-toggle').all()) await toggle.click();
    await page.getByText('All starts are hidden').waitFor();
  });
});

describe('time to equal quality', () => {
  it('counts to the first point as good as the end of Pix2pix', async () => {
    const page = await openReady();
    await page.getByText('Pix2pix from scratch ends at 27.89 dB PSNR after 600 steps, 20 s.').waitFor();
    // From the fixture's points: 20.33 s / 0.1995 s = 101.9, 600 / 10 = 60; and so on.
    expect(await rowsOf(page, '.equality')).toEqual({
      'Denoised weights': ['199 ms', '100 × less', '10', '60 × fewer', '24.88 dB', '37.50 dB'],
      'Ridge regression': ['195 ms', '100 × less', '10', '60 × fewer', '24.90 dB', '37.49 dB'],
      'Nearest zoo member': ['254 ms', '80 × less', '10', '60 × fewer', '15.56 dB', '37.10 dB'],
      'Zoo mean': ['425 ms', '48 × less', '25', '24 × fewer', '10.48 dB', '36.53 dB'],
      'Fresh LoRA on the base': ['617 ms', '33 × less', '25', '24 × fewer', '10.48 dB', '36.58 dB'],
      'Same generator from scratch': ['2.5 s', '8.2 × less', '100', '6 × fewer', '6.74 dB', '36.75 dB'],
      'Pix2pix from scratch (reference)': ['20 s', '', '600', '', '8.72 dB', '27.89 dB'],
    });
  });

  it('takes another reference, and says which starts never get so far', async () => {
    const page = await openReady();
    await choose(page, 'Reference', 'Denoised weights');
    await page.getByText('Denoised weights ends at 37.50 dB').waitFor();
    const rows = await rowsOf(page, '.equality');
    expect(rows['Ridge regression']).toEqual(['not reached in 150 steps, 3.6 s', '24.90 dB', '37.49 dB']);
    expect(rows['Pix2pix from scratch']).toEqual(['not reached in 600 steps, 20 s', '8.72 dB', '27.89 dB']);
    expect(rows['Denoised weights (reference)']?.slice(0, 4)).toEqual(['2.2 s', '', '150', '']);
  });

  it('takes less for better where the metric is an error', async () => {
    const page = await openReady();
    await choose(page, 'Metric', 'Patch Fréchet distance');
    await page.getByText('Pix2pix from scratch ends at 0.576').waitFor();
    // 0.435 at step 10 is the first of the denoised curve at or below 0.576; 2.672 at step 5 is not.
    expect((await rowsOf(page, '.equality'))['Denoised weights']?.[2]).toBe('10');
  });
});

describe('starts', () => {
  it('of all held-out concepts stand in a table, the best of each marked', async () => {
    const page = await openReady();
    const rows = await rowsOf(page, 'section[aria-labelledby=starts-title]');
    expect(rows['posterized-night']).toEqual([
      '15.95 dB',
      '15.96 dB',
      '17.91 dB (best)',
      '8.45 dB',
      '8.45 dB',
    ]);
    // (24.88 + 13.05 + 18.94 + 15.95) / 4
    expect(rows['Mean of 4 concepts']?.[0]).toMatch(/^18\.2[01] dB/);
  });
});

describe('exports', () => {
  it('the chart as it is set, as a drawing of vectors', async () => {
    const page = await openReady();
    await choose(page, 'Metric', 'SSIM');
    await choose(page, 'X axis', 'Training steps');
    await page.getByRole('button', { name: 'Zoo mean' }).click();
    await page.getByRole('button', { name: /vector graphic/ }).click();
    const { name, bytes } = await saved(page);
    expect(name).toBe('sketch-at-night ssim steps.svg');
    const svg = bytes.toString('utf8');
    expect(svg).toContain('Training steps (logarithmic)');
    expect(svg).toContain('SSIM (higher is better)');
    const parsed = await page.evaluate((text) => {
      const drawing = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        root: drawing.documentElement.nodeName,
        curves: Array.from(drawing.querySelectorAll('g > title'), (title) => title.textContent),
        points: drawing.querySelectorAll('g > circle').length,
      };
    }, svg);
    expect(parsed.root).toBe('svg');
    expect(parsed.curves).not.toContain('Zoo mean');
    expect(parsed.curves).toHaveLength(6);
    expect(parsed.points).toBe(50);
    await page.getByText('Saved as SVG.').waitFor();
  });

  it('the chart as a picture of twice its size', async () => {
    const page = await openReady();
    await page.getByRole('button', { name: /as an image/ }).click();
    const { name, bytes } = await saved(page);
    expect(name).toBe('sketch-at-night psnr seconds.png');
    expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1800, 960]);
  });

  it('every measured point with every metric as CSV', async () => {
    const page = await openReady();
    await page.getByRole('button', { name: /as a table/ }).click();
    const { bytes } = await saved(page);
    const lines = bytes.toString('utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('concept,method,steps,seconds,psnr,ssim,l1,patchFd');
    expect(lines[1]).toBe('sketch-at-night,denoised,0,0.000,24.88,0.945,0.0965,0.752');
    expect(lines).toHaveLength(58);
  });

  it('and says why a file could not be written', async () => {
    const page = await openReady();
    await page.evaluate((method) => {
      harness.handlers[method] = () => {
        throw new Error('EACCES: permission denied');
      };
    }, compareView.save.method);
    await page.getByRole('button', { name: /as a table/ }).click();
    await page.getByRole('alert').getByText('EACCES: permission denied').waitFor();
  });

  it('and is silent where the user chose no place', async () => {
    const page = await openReady();
    await page.evaluate((method) => {
      harness.handlers[method] = () => false;
    }, compareView.save.method);
    await page.getByRole('button', { name: /as a table/ }).click();
    await saved(page);
    expect(await page.getByText('Saved as').count()).toBe(0);
  });
});

describe('evaluations', () => {
  it('are chosen by run, and all choices are kept over a reload', async () => {
    const page = await openReady();
    await choose(page, 'Evaluation', '23 Nov 2026, 07:30, quickstart');
    await waitForCalls(page, COMPARISON, 2);
    expect(await paramsOf(page, COMPARISON)).toEqual([NEWEST, QUICKSTART]);
    await choose(page, 'Metric', 'FID');
    await page.getByText('FID is measured only at the start and the end').waitFor();
    await page.getByRole('checkbox', { name: 'Logarithmic time' }).click();
    await page.getByRole('checkbox', { name: 'Logarithmic time', checked: false }).waitFor();
    const again = await openReady(await page.evaluate(() => harness.state));
    expect(await paramsOf(again, COMPARISON)).toEqual([QUICKSTART]);
    await again.getByText('FID is measured only at the start and the end').waitFor();
    expect(await again.getByRole('checkbox', { name: 'Logarithmic time' }).isChecked()).toBe(false);
  });

  it('that lack the metric that was chosen are shown in PSNR', async () => {
    const page = await open({ view: 'compare', scenario: 'distances' });
    await choose(page, 'Metric', 'KID');
    await page.getByText('KID is measured only at the start and the end').waitFor();
    await choose(page, 'Evaluation', '24 Nov 2026, 08:30');
    await page.getByText('Pix2pix from scratch ends at 27.89 dB PSNR').waitFor();
  });

  it('are begun with a button where there is none', async () => {
    const page = await open({ view: 'compare', scenario: 'none' });
    await page.getByRole('heading', { name: 'No comparison of sketch-at-night yet' }).waitFor();
    await page.getByRole('button', { name: 'Evaluate concept' }).click();
    await waitForCalls(page, compareView.evaluate.method, 1);
    expect(await paramsOf(page, compareView.evaluate.method)).toEqual(['sketch-at-night']);
  });

  it('under way are followed, and shown as soon as they are done', async () => {
    const page = await open({ view: 'compare', scenario: 'live' });
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('heading', { name: 'The evaluation is running' }).waitFor();
    expect(await page.getByRole('button', { name: /^Evaluate/ }).count()).toBe(0);
    await page.evaluate((stateChanged) => {
      const { state } = harness.handlers['compare/connect']!(undefined) as {
        state: { kind: 'ready'; concepts: { evaluations: object[]; live?: { runId: string } }[] };
      };
      const [first, ...rest] = state.concepts;
      const { live, ...concept } = first!;
      const done = {
        runId: live!.runId,
        stage: 'evaluate',
        state: 'succeeded',
        created: 0,
        training: 'fast',
      };
      harness.notify(
        { method: stateChanged },
        { ...state, concepts: [{ ...concept, evaluations: [done] }, ...rest] },
      );
    }, compareView.stateChanged.method);
    await page.locator('.uplot').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
  });

  it('that failed say why, and lead to their run', async () => {
    const page = await open({ view: 'compare', scenario: 'failed' });
    await page.getByRole('alert').getByText('has no members. Collect it first.').waitFor();
    expect(await paramsOf(page, COMPARISON)).toEqual([]);
    await page.getByRole('button', { name: /^Open run 2026/ }).click();
    await waitForCalls(page, compareView.openRun.method, 1);
    expect(await paramsOf(page, compareView.openRun.method)).toEqual([
      '20261124-091500-evaluate-sketch-at-night',
    ]);
  });

  it('that succeeded stay on show where a later one failed', async () => {
    const page = await open({ view: 'compare', scenario: 'failed-later' });
    await page.getByRole('status').getByText('A later evaluation (24 Nov 2026, 09:15) failed').waitFor();
    await page.locator('.uplot').waitFor();
    expect(await paramsOf(page, COMPARISON)).toEqual([NEWEST]);
  });

  it('whose file is damaged name it, and are read again when asked to', async () => {
    const page = await open({ view: 'compare', scenario: 'damaged' });
    await page.getByRole('alert').getByText(`${NEWEST}/result.json is damaged`).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForCalls(page, COMPARISON, 2);
  });
});
