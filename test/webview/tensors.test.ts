import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type TensorsUpdate, tensorsView } from '../../src/protocol/webview/tensors.ts';
import { LORA_FILE, SPECTRA, STATISTICS, UNSOUND } from './harness/fixtures/tensors.ts';
import { browserSession, paramsOf, waitForCalls } from './harness/session.ts';

const open = browserSession();
const table = (page: Page) => page.getByRole('region', { name: 'Tensors of the file' });
const names = (page: Page) => table(page).locator('tbody th').allInnerTexts();
const sortBy = (page: Page, column: string) =>
  table(page).getByRole('button', { name: column, exact: true }).click();
const update = (page: Page, change: TensorsUpdate) =>
  page.evaluate(([method, params]) => harness.notify({ method }, params), [
    tensorsView.updated.method,
    change,
  ] as const);

describe('table', () => {
  it('shows the header before a value was read, then the figures as they come, each once', async () => {
    const page = await open({ view: 'tensors', scenario: 'reading' });
    await page.getByRole('heading', { name: LORA_FILE.name }).waitFor();
    const first = LORA_FILE.tensors[1]!;
    const row = table(page).getByRole('row', { name: first.name });
    const cells = () => row.locator('td').allInnerTexts();
    expect(await cells()).toEqual(['8 × 320', 'F16', '2,560', ...Array<string>(8).fill('')]);
    const statistics = [
      { ...STATISTICS[1]!, zeros: 640, finite: { min: -1, max: 2, mean: 0.5, std: 0.25, norm: 3 } },
    ];
    const scan = { state: 'running', done: 5120, total: 10_240 } as const;
    await update(page, { scan, statistics, spectra: SPECTRA.slice(0, 1) });
    await update(page, { scan, statistics, spectra: SPECTRA.slice(0, 1) });
    await page.getByRole('region', { name: 'LoRA products' }).first().waitFor();
    expect(await cells()).toEqual([
      '8 × 320',
      'F16',
      '2,560',
      '3',
      '−1',
      '2',
      '0.5',
      '0.25',
      '0',
      '0',
      '25 %',
    ]);
    expect(await page.getByRole('progressbar', { name: 'Values read' }).getAttribute('value')).toBe('5120');
    expect(await page.getByRole('heading', { name: /^LoRA products 1 pairs/ }).count()).toBe(1);
    await update(page, { scan: { state: 'done' }, statistics: [], spectra: [] });
    await page.waitForFunction(() => document.querySelector('main[aria-busy=false]'));
  });

  it('is ordered by the keyboard, numbers from the greatest, and says so', async () => {
    const page = await open({ view: 'tensors', scenario: 'ready' });
    const button = table(page).getByRole('button', { name: 'NaN', exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    await table(page).locator('th[aria-sort=descending]').waitFor();
    expect((await names(page))[0]).toBe(UNSOUND);
    await page.keyboard.press('Enter');
    await table(page).locator('th[aria-sort=ascending]').waitFor();
    expect((await names(page))[0]).not.toBe(UNSOUND);
    await sortBy(page, 'Name');
    // By their numbers, not letter by letter: block 0 has attentions 0 to 15.
    const sorted = (await names(page)).filter((name) => name.includes('blocks_0') && name.endsWith('alpha'));
    expect(sorted.map((name) => Number(/attentions_(\d+)/.exec(name)![1]))).toEqual([...Array(16).keys()]);
  });

  it('is narrowed by name as it is typed; the selection is kept over a reload', async () => {
    const page = await open({ view: 'tensors', scenario: 'ready' });
    await expect.poll(() => names(page)).toHaveLength(200);
    await page.getByRole('button', { name: 'Show more rows: Tensors of the file' }).click();
    await expect.poll(() => names(page)).toHaveLength(240);
    await page.getByRole('textbox', { name: 'Filter by name' }).fill('BLOCKS_4_attentions_15');
    await page.getByText('3 of 240').waitFor();
    expect(await names(page)).toHaveLength(3);
    await sortBy(page, 'Values');
    const state = await page.evaluate(() => harness.state);
    const again = await open({ view: 'tensors', scenario: 'ready', state });
    await again.getByText('3 of 240').waitFor();
    expect(await table(again).locator('th[aria-sort=descending]').innerText()).toContain('Values');
  });

  it('warns of values that are not finite', async () => {
    const page = await open({ view: 'tensors', scenario: 'ready' });
    await page.getByText('1 tensor holds values that are not finite numbers.').waitFor();
  });
});

describe('histogram', () => {
  it('is of the tensor that is chosen', async () => {
    const page = await open({ view: 'tensors', scenario: 'ready' });
    const { name } = LORA_FILE.tensors[2]!;
    await table(page).getByRole('button', { name, exact: true }).click();
    const chart = page.getByRole('figure', { name: new RegExp(`^${name}`) });
    // The outermost bars are empty.
    await chart.locator('g[aria-label=rect] rect').nth(48).waitFor();
    expect(await paramsOf(page, tensorsView.histogram.method)).toEqual([{ tensor: name, bins: 96 }]);
    expect(await table(page).getByRole('button', { pressed: true }).innerText()).toBe(name);
  });

  it('says why there is none, and tries again when asked', async () => {
    const page = await open({ view: 'tensors', scenario: 'failing' });
    await table(page).getByRole('button').filter({ hasText: 'alpha' }).first().click();
    const alert = page.getByRole('alert').filter({ hasText: 'The histogram could not be computed.' });
    await alert.getByRole('button', { name: 'Try again' }).click();
    await waitForCalls(page, tensorsView.histogram.method, 2);
  });
});

it('LoRA products: the spectrum of the layer that is chosen, and the map of all, walked with the arrow keys', async () => {
  const page = await open({ view: 'tensors', scenario: 'ready' });
  const { layer } = SPECTRA[4]!;
  await page
    .getByRole('region', { name: 'LoRA products' })
    .getByRole('button', { name: layer, exact: true })
    .click();
  const chart = page.getByRole('figure', { name: `Singular values of ${layer}` });
  await chart.locator('g[aria-label=dot] circle').first().waitFor();
  expect(await chart.locator('g[aria-label=dot] circle').count()).toBe(8);
  await page.getByRole('application', { name: /^Singular values of 40 layers/ }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.locator('.heat-map .read-out').innerText()).toBe(
    `${SPECTRA[0]!.layer}, singular value 2: 0.14 (0.7 of the largest)`,
  );
});

it('metadata: long JSON is folded, and laid out when opened', async () => {
  const page = await open({ view: 'tensors', scenario: 'ready' });
  await page.getByRole('row', { name: 'modelspec.title A pencil sketch at night' }).waitFor();
  await page.locator('.metadata summary').click();
  expect(await page.locator('.metadata pre').innerText()).toContain('\n  "sketch": {\n');
});

describe('comparison', () => {
  it('shows how each tensor changed and what could not be compared', async () => {
    const page = await open({ view: 'tensors', scenario: 'compared' });
    const differences = page.getByRole('region', { name: /^Differences/ });
    await page.getByText('2 of 3 tensors in both files differ.').waitFor();
    await differences.getByRole('button', { name: 'Relative change' }).click();
    expect(await differences.locator('tbody tr').first().locator('td').allInnerTexts()).toEqual([
      '0.52',
      '0.31',
      '0.952000',
      '0',
    ]);
    await page.getByText('Only in this file: 1').waitFor();
    await page.getByText(/lora_down\.weight: 8 × 320 here, 16 × 320 there/).waitFor();
    await page.getByRole('button', { name: 'End comparison' }).click();
    await waitForCalls(page, tensorsView.endComparison.method, 1);
  });

  it('is asked for by a button', async () => {
    const page = await open({ view: 'tensors', scenario: 'ready' });
    await page.getByRole('button', { name: 'Compare with…' }).click();
    await waitForCalls(page, tensorsView.compare.method, 1);
  });
});

it('the header stays where the engine cannot read the values, which can be tried again', async () => {
  const page = await open({ view: 'tensors', scenario: 'failing' });
  await page.getByRole('alert').getByText('not trusted').waitFor();
  expect((await names(page)).length).toBe(200);
  await page.getByRole('button', { name: 'Try again' }).click();
  await waitForCalls(page, tensorsView.scan.method, 1);
});
