import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../src/extension/identifiers.ts';
import { casesOf } from '../long-tests.ts';
import { SCENARIOS } from './harness/scenarios.ts';
import { browserSession, paramsOf } from './harness/session.ts';
import { THEMES } from './harness/themes.ts';
import { VIEWS, type ViewUnderTest } from './harness/views.ts';

const open = browserSession();

const CASES = Object.entries(VIEWS) as [ViewName, ViewUnderTest][];

it.each(CASES)('%s has the scenarios that every view needs', (view, { ready }) => {
  const missing = ['loading', 'misfit', 'empty', 'error', ready].filter(
    (state) => !SCENARIOS[`${view}/${state}`],
  );
  expect(missing, `scenarios of ${view} to add to test/webview/harness/scenarios.ts`).toEqual([]);
});

describe.each(CASES)('%s', (view, { ready, shown }) => {
  it('says that it is loading until the host answers', async () => {
    const page = await open({ view, scenario: 'loading' });
    await page.getByRole('status').getByText('Loading').waitFor();
  });

  it('says what is missing where there is nothing', async () => {
    const page = await open({ view, scenario: 'empty' });
    await page.getByRole('heading', { name: /^No .* yet$/ }).waitFor();
  });

  it('says what went wrong', async () => {
    const page = await open({ view, scenario: 'error' });
    await page.getByRole('alert').waitFor();
  });

  it.each(['empty', 'error', ready])('keeps what it is about for a reload, while %s', async (scenario) => {
    const kept = { view: { of: 'an earlier life' } };
    const page = await open({ view, scenario, state: scenario === ready ? undefined : kept });
    const { target, ...others } = (await page
      .waitForFunction(() => (harness.state as { target?: object } | undefined)?.target && harness.state)
      .then((handle) => handle.jsonValue())) as { target: object };
    expect(Object.keys(target)).not.toEqual([]);
    if (scenario !== ready) expect(others).toEqual(kept);
  });

  it.each(casesOf(THEMES, (theme) => theme === THEMES[0]))(
    'fits 600 pixels in %s, with a name for everything that can be reached',
    async (theme) => {
      const page = await open({ view, scenario: ready, theme, width: 600 });
      await page.locator(shown).first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(600);
      const nameless = await page.evaluate(() =>
        Array.from(
          document.querySelectorAll(
            'vscode-button, vscode-dropdown, vscode-checkbox, button, input, img, [role=img]',
          ),
          (element) => {
            const picture = element.matches('img') ? element : element.querySelector('img[alt]');
            const name =
              element.getAttribute('aria-label') || element.textContent || picture?.getAttribute('alt');
            // The button around a thumbnail has its name.
            return name || element.closest('[aria-hidden=true], button[aria-label]') ? '' : element.className;
          },
        ).filter((name) => name !== ''),
      );
      expect(nameless).toEqual([]);
    },
  );

  it('keeps what it shows when a message does not fit, and has the host log it', async () => {
    const page = await open({ view, scenario: ready });
    await page.locator(shown).first().waitFor();
    await page.evaluate(
      (method) => harness.notify({ method }, { kind: 'error', message: 7 }),
      `${view}/state`,
    );
    await page.waitForFunction(() => harness.calls.some(({ method }) => method === 'problem'));
    expect(await paramsOf(page, 'problem')).toEqual([
      `The notification ${view}/state does not fit: message: expected string.`,
    ]);
    expect(await page.locator(shown).first().isVisible()).toBe(true);
  });

  it('says so when the answer of the host does not fit', async () => {
    const page = await open({ view, scenario: 'misfit' });
    await page
      .getByRole('alert')
      .getByText(`The answer to ${view}/connect does not fit: target: expected object.`)
      .waitFor();
  });
});

it('runs the action that an empty view offers', async () => {
  const page = await open({ view: 'weights', scenario: 'empty' });
  await page.getByRole('button', { name: 'Denoise weights' }).click();
  await page.waitForFunction(() => harness.calls.some(({ method }) => method === 'action'));
  expect(await paramsOf(page, 'action')).toEqual([
    { label: 'Denoise weights', command: 'denoisedWeights.denoise' },
  ]);
});

it('says so where the host refuses the action', async () => {
  const page = await open({ view: 'weights', scenario: 'empty' });
  await page.evaluate(() => {
    harness.handlers.action = () => {
      throw new Error('The workspace is not trusted.');
    };
  });
  await page.getByRole('button', { name: 'Denoise weights' }).click();
  await page.getByRole('alert').getByText('The workspace is not trusted.').waitFor();
});

it('turns no progress ring where motion is to be reduced', async () => {
  const page = await open({ view: 'weights', scenario: 'loading', reducedMotion: true });
  await page.getByText('Loading').waitFor();
  expect(await page.locator('vscode-progress-ring').isVisible()).toBe(false);
});
