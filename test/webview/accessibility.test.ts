import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../src/protocol/webview.ts';
import { THEMES, type ThemeName } from './harness/browser.ts';
import { SCENARIOS } from './harness/scenarios.ts';
import { browserSession, settled } from './harness/session.ts';

declare const axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What another theme can change. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
/** The findings that keep people out. */
const GRAVE = ['serious', 'critical'];

const open = browserSession();

/** What lies folded is looked at as well: tables behind charts, metadata, lists of files. */
async function unfoldAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  await settled(page);
}

/**
 * One line for each element that a rule finds fault with: rule, theme, width, element and what would mend it.
 * @param rules all of them where undefined
 */
async function findings(page: Page, theme: ThemeName, width: number, rules?: string[]): Promise<string[]> {
  await page.evaluate((next) => harness.setTheme(next), theme);
  await settled(page);
  const { violations } = await page.evaluate(
    (runOnly) =>
      axe.run(document, { resultTypes: ['violations'], preload: false, ...(runOnly ? { runOnly } : {}) }),
    rules,
  );
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) =>
          `${id} (${impact}) in ${theme} at ${width} px: ${target.flat().join(' >>> ')}: ${failureSummary}`,
      ),
    );
}

describe.each(Object.keys(SCENARIOS))('%s', (name) => {
  const [view, scenario] = name.split('/') as [ViewName, string];

  it('has no serious finding of axe in any theme, wide or at 400 pixels, and fits them', async () => {
    const page = await open({ view, scenario });
    await unfoldAll(page);
    await page.evaluate(AXE);
    const found: string[] = [];
    const [first, ...others] = THEMES;
    found.push(...(await findings(page, first, 1200)));
    for (const theme of others) found.push(...(await findings(page, theme, 1200, COLOUR_RULES)));
    await page.setViewportSize({ width: 400, height: 900 });
    await settled(page);
    found.push(...(await findings(page, 'light', 400)));
    expect(found).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  });
});
