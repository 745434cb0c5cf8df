// Takes a picture of every view in its main states, in each theme and at two widths: screenshots.ts <folder>
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewName } from '../../../src/protocol/webview/common.ts';
import { launchBrowser, ViewPage } from './browser.ts';
import { THEMES } from './themes.ts';

/** States by view, each with what is there once it is drawn. */
const STATES: Record<ViewName, Record<string, string>> = {
  weights: {
    loading: '.pending',
    empty: '.pending',
    error: '.pending',
    ready: '.nearest',
    live: '.nearest',
    failing: '.notice',
    'not-finite': '.nearest',
  },
  translate: {
    loading: '.pending',
    empty: '.pending',
    error: '.pending',
    ready: 'main[aria-busy=false] .compare',
    large: 'main[aria-busy=false] .compare',
    'denoised-only': 'main[aria-busy=false] .compare',
    unprepared: '.images p',
    failing: 'main[aria-busy=false] .notice',
  },
  run: {
    loading: '.pending',
    empty: '.pending',
    error: '.pending',
    begun: '.log',
    running: '.uplot',
    overlaid: '.uplot',
    'six-runs': '.uplot',
    damaged: '.notice',
    'measured-nothing': '.artifact-folder',
    quickstart: '.uplot',
    succeeded: '.uplot',
    failed: '.uplot',
    stopped: '.uplot',
  },
  compare: {
    loading: '.pending',
    empty: '.pending',
    error: '.pending',
    ready: '.uplot',
    distances: '.uplot',
    none: '.pending',
    live: '.live-run',
    failed: '.notice',
    'failed-later': '.uplot',
    damaged: '.notice',
  },
  tensors: {
    loading: '.pending',
    empty: '.pending',
    error: '.pending',
    ready: '.heat-map',
    reading: '.progress-bar',
    compared: '.comparison table',
    failing: '.notice',
  },
};

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder that the pictures go to.');
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
const viewPage = await ViewPage.create(browser);
const { page, errors } = viewPage;
for (const [view, states] of Object.entries(STATES) as [ViewName, Record<string, string>][]) {
  for (const [scenario, drawn] of Object.entries(states)) {
    for (const theme of THEMES) {
      for (const width of [600, 1200]) {
        await viewPage.show({ view, scenario, theme, width });
        await page.locator(drawn).first().waitFor();
        // Charts far down are drawn in turn.
        await page.waitForFunction(() => !document.querySelector('.plot[aria-busy=true]'));
        // Pictures far down are loaded when they come near.
        await page.evaluate(async () => {
          for (const image of document.images) image.loading = 'eager';
          await Promise.all(Array.from(document.images, (image) => image.decode()));
        });
        const path = join(folder, `${view}-${scenario}-${theme}-${width}.png`);
        await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        if (errors.length > 0) throw new Error(`${path}: ${errors.join('\n')}`);
      }
    }
  }
}
await browser.close();
