import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../src/extension/identifiers.ts';
import { casesOf } from '../long-tests.ts';
import { graveFindings, injectAxe, unfoldAll } from './harness/axe.ts';
import { takeOutKnown } from './harness/known-regions.ts';
import { SCENARIOS } from './harness/scenarios.ts';
import { browserSession, settled } from './harness/session.ts';
import { THEMES } from './harness/themes.ts';
import { isReady } from './harness/views.ts';

const open = browserSession();

async function unfold(page: Page): Promise<void> {
  await unfoldAll(page.mainFrame());
  await settled(page);
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

/** What earlier scenarios of a view have shown. Another view has styles of its own. */
class Known {
  readonly controls = new Set<string>();
  readonly regions = new Set<string>();
  readonly narrowRegions = new Set<string>();
}

const known = new Map<ViewName, Known>();

function knownOf(view: ViewName): Known {
  const there = known.get(view) ?? new Known();
  known.set(view, there);
  return there;
}

/** One control of each look: those of one element, class and appearance share their rules, and lists repeat them. */
async function differentControls(page: Page, before: Set<string>): Promise<number[]> {
  const looks = await page.evaluate(
    (controls) =>
      Array.from(document.querySelectorAll(controls), (control) => {
        const parent = control.parentElement!;
        return [control, parent, parent.parentElement!]
          .map((element) => `${element.localName} ${element.className} ${element.getAttribute('appearance')}`)
          .join(' in ');
      }),
    CONTROLS,
  );
  return looks.flatMap((look, index) => {
    if (before.has(look)) return [];
    before.add(look);
    return [index];
  });
}

describe('each scenario has no serious finding of axe in any theme, wide or at 400 pixels, fits them, keeps still where motion is to be reduced, and has a table behind every chart', () => {
  it.each(
    casesOf(
      Object.keys(SCENARIOS).filter((name) => !LONG.test(name)),
      isReady,
    ),
  )('%s', async (name) => {
    const [view, scenario] = name.split('/') as [ViewName, string];
    const { controls: knownControls, regions, narrowRegions } = knownOf(view);
    const page = await open({ view, scenario, theme: THEMES[0], reducedMotion: true });
    await settled(page);
    expect(await moving(page)).toEqual([]);
    await unfold(page);
    const charts = await chartsOf(page);
    expect(charts.filter(({ lacks }) => lacks !== '')).toEqual([]);
    if (CHARTED.test(name)) expect(charts.length).toBeGreaterThan(0);
    // Transitions begin with what a person does.
    const controls = page.locator(CONTROLS);
    for (const index of await differentControls(page, knownControls)) {
      await controls.nth(index).hover();
      await controls.nth(index).focus();
      expect(await moving(page)).toEqual([]);
    }

    await page.mouse.move(-1, -1);
    const frame = page.mainFrame();
    await injectAxe(frame);
    const putBack = await takeOutKnown(page, regions);
    const found: string[] = [];
    const [first, ...others] = THEMES;
    found.push(...(await graveFindings(frame, `${first} at 1200 px`)));
    for (const theme of others) {
      await page.evaluate((next) => harness.setTheme(next), theme);
      await settled(page);
      found.push(...(await graveFindings(frame, `${theme} at 1200 px`, 'colors')));
    }
    // The width changes no color.
    await putBack();
    await page.setViewportSize({ width: 400, height: 900 });
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    await takeOutKnown(page, narrowRegions);
    found.push(...(await graveFindings(frame, '400 px', 'others')));
    expect(found).toEqual([]);
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
