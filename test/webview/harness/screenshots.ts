// Takes a picture of every view in its main states, in each theme and at two widths: screenshots.ts <folder>
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewName } from '../../../src/extension/identifiers.ts';
import { launchBrowser } from '../../browser.ts';
import { ViewPage } from './browser.ts';
import { THEMES } from './themes.ts';
import { VIEWS, type ViewUnderTest } from './views.ts';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder that the pictures go to.');
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
const viewPage = await ViewPage.create(browser);
const { page, errors } = viewPage;
for (const [view, { pictured }] of Object.entries(VIEWS) as [ViewName, ViewUnderTest][]) {
  for (const [scenario, drawn] of Object.entries(pictured)) {
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
