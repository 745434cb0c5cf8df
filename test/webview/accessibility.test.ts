import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../src/extension/identifiers.ts';
import { graveFindings, injectAxe, unfoldAll } from './harness/axe.ts';
import { SCENARIOS } from './harness/scenarios.ts';
import { browserSession, settled } from './harness/session.ts';
import { THEMES, type ThemeName } from './harness/themes.ts';

const open = browserSession();

async function unfold(page: Page): Promise<void> {
  await unfoldAll(page.mainFrame());
  await settled(page);
}

async function findings(
  page: Page,
  theme: ThemeName,
  width: number,
  rules: 'colors' | 'others' | 'all',
): Promise<string[]> {
  await page.evaluate((next) => harness.setTheme(next), theme);
  await settled(page);
  return graveFindings(page.mainFrame(), `${theme} at ${width} px`, rules);
}

/** What moves by itself, also in the shadows of the toolkit's elements. */
function moving(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document];
    for (const { shadowRoot } of document.querySelectorAll('*')) if (shadowRoot) roots.push(shadowRoot);
    const animations = new Set(roots.flatMap((root) => root.getAnimations()));
    return Array.from(animations, ({ effect }) => {
      const element = (effect as KeyframeEffect).target!;
      const host =
        element.getRootNode() instanceof ShadowRoot ? (element.getRootNode() as ShadowRoot).host : element;
      return `${host.localName} ${element.className}`;
    });
  });
}

/** The charts of the page, each with what the table behind it lacks. Small drawings are signs in a text. */
function chartsOf(page: Page): Promise<{ chart: string; lacks: string }[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll('figure.chart, svg, canvas:not(.picture)'))
      .filter((element) => element.closest('.color-legend') === null)
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width >= 100 && height >= 40;
      })
      .map((element) => {
        const figure = element.closest('figure');
        // The legend of several runs is a table, too; that of the data has the caption.
        const tables = Array.from(figure?.querySelectorAll('table') ?? []);
        const table = tables.find(({ caption }) => caption) ?? tables[0];
        const lacks = !figure
          ? 'a figure around it'
          : !table
            ? 'a table'
            : !table.caption?.textContent
              ? 'a caption'
              : !table.querySelector('thead th')
                ? 'heads'
                : !table.tBodies[0]?.rows.length
                  ? 'rows'
                  : '';
        return {
          chart: figure?.querySelector('.chart-title')?.textContent ?? element.outerHTML.slice(0, 80),
          lacks,
        };
      }),
  );
}

/** Scenarios that the views had charts in when this was written, to know that charts are found at all. */
const CHARTED = /^(run\/running|weights\/ready|tensors\/ready)$/;

/** Many points, to see that they are drawn: axe and the tables' rows would take minutes, and the controls are the others'. */
const LONG = /^run\/(long|six-long-runs)$/;

const CONTROLS = 'vscode-button, vscode-dropdown, vscode-checkbox, summary';

/** One control of each look: those of one element, class and appearance share their rules, and lists repeat them. */
function differentControls(page: Page): Promise<number[]> {
  return page.evaluate((controls) => {
    const seen = new Set<string>();
    return Array.from(document.querySelectorAll(controls)).flatMap((control, index) => {
      const parent = control.parentElement!;
      const key = [control, parent, parent.parentElement!]
        .map((element) => `${element.localName} ${element.className} ${element.getAttribute('appearance')}`)
        .join(' in ');
      if (seen.has(key)) return [];
      seen.add(key);
      return [index];
    });
  }, CONTROLS);
}

describe('each scenario has no serious finding of axe in any theme, wide or at 400 pixels, fits them, keeps still where motion is to be reduced, and has a table behind every chart', () => {
  it.each(Object.keys(SCENARIOS).filter((name) => !LONG.test(name)))('%s', async (name) => {
    const [view, scenario] = name.split('/') as [ViewName, string];
    const page = await open({ view, scenario, reducedMotion: true });
    await settled(page);
    expect(await moving(page)).toEqual([]);
    await unfold(page);
    const charts = await chartsOf(page);
    expect(charts.filter(({ lacks }) => lacks !== '')).toEqual([]);
    if (CHARTED.test(name)) expect(charts.length).toBeGreaterThan(0);
    // Transitions begin with what a person does.
    const controls = page.locator(CONTROLS);
    for (const index of await differentControls(page)) {
      await controls.nth(index).hover();
      await controls.nth(index).focus();
      expect(await moving(page)).toEqual([]);
    }

    await page.mouse.move(-1, -1);
    await injectAxe(page.mainFrame());
    const found: string[] = [];
    const [first, ...others] = THEMES;
    found.push(...(await findings(page, first, 1200, 'all')));
    for (const theme of others) found.push(...(await findings(page, theme, 1200, 'colors')));
    // The width changes no color.
    await page.setViewportSize({ width: 400, height: 900 });
    await settled(page);
    found.push(...(await findings(page, 'light', 400, 'others')));
    expect(found).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  });
});

it('moves where nothing speaks against it, and heeds the editor’s own setting', async () => {
  const page = await open({ view: 'run', scenario: 'loading' });
  await settled(page);
  expect(await moving(page)).toContainEqual(expect.stringContaining('vscode-progress-ring'));
  // As the workbench does with `workbench.reduceMotion`.
  await page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
  expect(await moving(page)).toEqual([]);
});
