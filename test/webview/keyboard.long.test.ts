import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../src/extension/identifiers.ts';
import { browserSession, settled } from './harness/session.ts';
import { VIEWS, type ViewUnderTest } from './harness/views.ts';
import { expectWalkable } from './harness/walkable.ts';

const open = browserSession();

const CASES = (Object.entries(VIEWS) as [ViewName, ViewUnderTest][]).flatMap(([view, { walked }]) =>
  walked.map((scenario) => [view, scenario] as const),
);

/**
 * What the page kept, by scenario: every key in a long table takes a while. Tables that fill a page, and what turns
 * their pages, are in the other scenario of the view.
 */
const KEPT: Readonly<Record<string, unknown>> = { 'tensors/compared': { view: { filter: 'attentions_1_' } } };

/** Of controls of one kind so many are tried. */
const MOST_OF_A_KIND = 4;

/** What a key must do to each control of a kind: `state` is read before and after. */
const OPERATED: readonly {
  controls: string;
  /** `arrow`: to the side that has room. */
  key: string;
  state: (control: Element) => string | boolean | null | undefined;
}[] = [
  {
    controls: 'input[type=range]',
    key: 'arrow',
    state: (control) => `${(control as HTMLInputElement).value} ${control.ariaValueText}`,
  },
  {
    controls: 'th[aria-sort] button',
    key: 'Enter',
    state: (control) => control.closest('th')!.ariaSort,
  },
  { controls: 'button[aria-pressed=false]', key: 'Space', state: (control) => control.ariaPressed },
  {
    controls: 'summary',
    key: 'Enter',
    state: (control) => (control.parentElement as HTMLDetailsElement).open,
  },
  {
    controls: '[role=application]',
    key: 'ArrowRight',
    state: (control) => document.getElementById(control.getAttribute('aria-describedby')!)!.textContent,
  },
];

describe.each(CASES)('%s/%s', (view, scenario) => {
  it('is walked with the keyboard: every control once, in the order of reading, named and outlined', async () => {
    const page = await open({ view, scenario, state: KEPT[`${view}/${scenario}`] });
    await settled(page);
    await expectWalkable(page.mainFrame());
  });

  it('is operated with the keyboard: sliders, heads of tables, toggles, folds and maps of cells', async () => {
    const page = await open({ view, scenario, state: KEPT[`${view}/${scenario}`] });
    await settled(page);
    for (const { controls, key, state } of OPERATED) {
      for (let place = 0; place < MOST_OF_A_KIND; place++) {
        const found = page.locator(controls).nth(place);
        if ((await found.count()) === 0) break;
        // The element itself: what it is found by may no longer be so afterwards.
        const control = (await found.elementHandle())!;
        await control.focus();
        const before = await control.evaluate(state);
        const pressed = await control.evaluate(
          (element, one) =>
            one === 'arrow'
              ? (element as HTMLInputElement).value === '0'
                ? 'ArrowRight'
                : 'ArrowLeft'
              : one,
          key,
        );
        await page.keyboard.press(pressed);
        await settled(page);
        expect(await control.evaluate(state), `${controls} ${place}`).not.toBe(before);
      }
    }
  });
});

it('chooses from a list with the keyboard', async () => {
  const page = await open({ view: 'run', scenario: 'running' });
  await page.getByRole('combobox', { name: 'X axis' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: /^Generator loss over seconds/ }).waitFor();
});

it('keeps the place in a table whose order changes, and comes back to it', async () => {
  const page = await open({ view: 'tensors', scenario: 'ready' });
  const table = page.getByRole('region', { name: 'Tensors of the file' });
  const rows = table.locator('.row-button');
  await rows.first().focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
  const second = await rows.nth(1).innerText();
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).innerText);
  expect(await focused()).toBe(second);
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toContain('Zeros');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe(second);
  await page.keyboard.press('End');
  expect(await focused()).toBe(await rows.last().innerText());
});
