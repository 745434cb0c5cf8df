/// <reference types="node" />
/**
 * Does the Run panel stay smooth with long runs? npm run bench -- webview [repetitions]
 * Draws 330 and 100,000 steps of three losses, and six runs of the latter together, in the tests' browser, and prints
 * the milliseconds from an input to the end of the frame that shows its result.
 */
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../test/browser.ts';
import { ViewPage } from '../../test/webview/harness/browser.ts';
import { median } from '../step/statistics.ts';

const repetitions = Number(process.argv[2] ?? 9);

const SCENARIOS: readonly (readonly [string, string])[] = [
  ['running', '330 steps'],
  ['long', '100,000 steps'],
  ['six-long-runs', 'six runs of 100,000 steps'],
];

/** Milliseconds of real time; the harness freezes the page's clock, so frames are timed from here. */
async function timed(page: Page, act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(undefined), 0))),
  );
  return performance.now() - start;
}

const press = (page: Page, name: string) =>
  page.evaluate((label) => {
    const controls = document.querySelectorAll<HTMLElement>('vscode-button, vscode-checkbox');
    const named = [...controls].filter(
      (element) => (element.getAttribute('aria-label') ?? element.textContent) === label,
    );
    if (named.length === 0) throw new Error(`No control has the label ${label}`);
    for (const element of named) element.click();
  }, name);

/** Draws everything, as when a run's panel is opened. */
const drawAgain = (page: Page) =>
  page.evaluate(() => {
    const { state } = harness.handlers['run/connect']!(undefined) as { state: object };
    harness.notify({ method: 'run/state' }, { kind: 'loading' });
    harness.notify({ method: 'run/state' }, state);
  });

/** Adds one more step, as a live run reports it. */
const update = (page: Page, step: number) =>
  page.evaluate((at) => {
    const { state } = harness.handlers['run/connect']!(undefined) as {
      state: { header: object; curves: { key: string }[]; overlays: object[] };
    };
    const one = Float64Array.of(at);
    harness.notify(
      { method: 'run/updated' },
      {
        header: state.header,
        curves: state.curves.map((curve) => ({ ...curve, step: one, seconds: one, value: one })),
        samples: [],
        log: [],
        artifacts: [],
        overlays: state.overlays.map((run) => ({ ...run, whole: false, curves: [] })),
      },
    );
  }, step);

const browser = await launchBrowser();
for (const [scenario, name] of SCENARIOS) {
  // A new process for each, so that none starts with the garbage of the previous one.
  const viewPage = await ViewPage.create(browser);
  const { page } = viewPage;
  await viewPage.show({ view: 'run', scenario });
  await page.locator('.uplot').first().waitFor();
  const idle = await repeat(page, () => Promise.resolve());
  const zoomIn = () => press(page, 'Zoom in');
  const showAll = () => press(page, 'Show the whole run');
  const rows: [string, number][] = [
    ['draw again', await repeat(page, () => drawAgain(page))],
    ['logarithmic', await repeat(page, () => press(page, 'Logarithmic losses'))],
    ['zoom in', await repeat(page, zoomIn, showAll)],
    ['show the whole run', await repeat(page, showAll, zoomIn)],
    ['pan', await repeat(page, (i) => press(page, i % 2 === 0 ? 'Later' : 'Earlier'))],
    ['one more step', await repeat(page, (i) => update(page, 200_000 + i))],
  ];
  console.log(
    `${name}: ${rows.map(([what, ms]) => `${what} ${Math.max(0, ms - idle).toFixed(0)} ms`).join(', ')}`,
  );
  await viewPage.close();
}
await browser.close();

/** Median over the repetitions, without the time of resetting the page. */
async function repeat(
  page: Page,
  act: (index: number) => Promise<unknown>,
  back?: () => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    times.push(await timed(page, () => act(i)));
    if (back) await timed(page, back);
  }
  return median(times);
}
