import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { compareView } from '../../src/protocol/webview/compare.ts';
import { tensorsView } from '../../src/protocol/webview/tensors.ts';
import { translateView } from '../../src/protocol/webview/translate.ts';
import { weightsView } from '../../src/protocol/webview/weights.ts';
import { HOSTILE } from './harness/hostile.ts';
import { browserSession, paramsOf, savedFile, settled, waitForCalls } from './harness/session.ts';

const open = browserSession();

/** What is seen, heard or drawn of the page, and what ran or came into being that should not. */
function effects(page: Page) {
  return page.evaluate(() => {
    const ACTIVE =
      /[\p{Bidi_Control}\p{Zl}\p{Zp}\u00ad\u180e\u200b\u2060\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|(?![\n\t])\p{Cc}/u;
    const told: string[] = [...harness.drawn];
    const visit = (root: Node): void => {
      for (const node of root.childNodes) {
        if (node instanceof Text) told.push(node.data);
        if (!(node instanceof Element) || node instanceof HTMLScriptElement) continue;
        for (const { name, value } of node.attributes)
          if (/^aria-|^(title|alt|label|placeholder)$/.test(name)) told.push(value);
        if (node.shadowRoot) visit(node.shadowRoot);
        visit(node);
      }
    };
    visit(document.body);
    return {
      active: told.filter((text) => ACTIVE.test(text)).map((text) => text.slice(0, 60)),
      told: told.filter((text) => text.includes('\\u202e')).length,
      intruders: document.querySelectorAll('.intruder').length,
      ran: 'intruded' in globalThis,
      tooWide: document.documentElement.scrollWidth > window.innerWidth,
    };
  });
}

/** Of each view: scenarios with much to read, and the request that asks for something by its exact name. */
const CASES = [
  ['run', 'quickstart', '.uplot', undefined],
  ['run', 'failed', '.notice', undefined],
  ['run', 'overlaid', '.uplot', undefined],
  ['weights', 'live', '.nearest', weightsView.statistics.method],
  ['translate', 'ready', 'main[aria-busy=false] .compare', translateView.translate.method],
  ['compare', 'failed-later', '.uplot', compareView.comparison.method],
  ['tensors', 'compared', '.comparison table', tensorsView.histogram.method],
  ['compare', 'error', '.pending', undefined],
] as const;

test.each(CASES)('%s shows hostile names of %s without effect', async (view, scenario, shown, asked) => {
  const page = await open({ view, scenario, hostile: true, width: 600 });
  await page.locator(shown).first().waitFor();
  await settled(page);
  // What is folded away is read too.
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  // Tips are written when the pointer is near.
  for (const plot of await page.locator('.plot svg').all()) await plot.hover();
  await settled(page);
  const { told, ...found } = await effects(page);
  expect(found).toEqual({ active: [], intruders: 0, ran: false, tooWide: false });
  expect(told).toBeGreaterThan(0);
  if (asked === undefined) return;
  if (view === 'tensors') await page.locator('.row-button').first().click();
  await waitForCalls(page, asked, 1);
  const [params] = await paramsOf(page, asked);
  expect(JSON.stringify(params)).toContain(JSON.stringify(HOSTILE).slice(1, -1));
});

test('hostile names have no effect in a file that is saved, nor in its name', async () => {
  const page = await open({ view: 'compare', scenario: 'ready', hostile: true });
  await page.getByRole('button', { name: /as a vector graphic/ }).click();
  await page.getByText('Saved as SVG.').waitFor();
  const { name, data } = await savedFile(page, compareView.save.method);
  const text = data.toString('utf8');
  expect(text).toContain('\\u202e');
  for (const told of [name, text])
    expect(told.replaceAll('\n', '')).not.toMatch(/<i class|[\p{Cc}\p{Cf}\p{Zl}]/u);
});

test('hostile names have no effect where they are drawn', async () => {
  const page = await open({ view: 'translate', scenario: 'ready', hostile: true });
  await page.locator('main[aria-busy=false] .compare').first().waitFor();
  await page.getByRole('button', { name: 'Save contact sheet…' }).click();
  await page.getByText('Saved the contact sheet.').waitFor();
  const drawn = await page.evaluate(() => [...harness.drawn].join(''));
  expect(drawn).toContain('\\u202e');
  expect(drawn).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
});
