import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { runView } from '../../src/protocol/webview.ts';
import { browserSession, paramsOf, waitForCalls } from './harness/session.ts';

const open = browserSession();

/** Pixels of the first chart within 4 of a colour. */
function countPixels(page: Page, color: readonly [number, number, number]): Promise<number> {
  return page
    .locator('.uplot canvas')
    .first()
    .evaluate((element, [red, green, blue]) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const near = (offset: number, value: number) => Math.abs(data[i + offset]! - value) <= 4;
        if (data[i + 3]! > 250 && near(0, red) && near(1, green) && near(2, blue)) count++;
      }
      return count;
    }, color);
}

describe('curves', () => {
  it('are drawn in the theme’s colours and drawn anew when the theme changes', async () => {
    const page = await open({ view: 'run', scenario: 'running', theme: 'dark' });
    await page.locator('.uplot').first().waitFor();
    // charts-blue of the two themes.
    expect(await countPixels(page, [0x59, 0xa4, 0xf9])).toBeGreaterThan(200);
    await page.evaluate(() => harness.setTheme('light'));
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.uplot canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === 0 && data[i + 1] === 0x63 && data[i + 2] === 0xd3 && data[i + 3] === 255) return true;
      }
      return false;
    });
    expect(await countPixels(page, [0x59, 0xa4, 0xf9])).toBe(0);
  });

  it('grow with every update', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    const chart = page.getByRole('figure', { name: 'L1 loss' });
    await chart.locator('summary').click();
    await page.evaluate(() => {
      const { state } = harness.handlers['run/connect']!(undefined) as { state: { header: object } };
      harness.notify(
        { method: 'run/updated' },
        {
          header: { ...state.header, progress: { message: 'm', done: 340, total: 500, unit: 'steps' } },
          curves: [
            {
              key: 'loss/l1',
              concept: 'sketch-at-night',
              step: Float64Array.of(340),
              seconds: Float64Array.of(24),
              value: Float64Array.of(0.0123),
            },
          ],
          samples: [],
          log: [{ time: 0, level: 'error', message: 'disk nearly full' }],
          artifacts: [],
        },
      );
    });
    await page.getByText('340 of 500 steps').waitFor();
    await page.locator('.log-error').getByText('disk nearly full').waitFor();
    expect(await chart.locator('tbody tr').last().innerText()).toMatch(/^340\s+0\.0123$/);
    expect(await chart.locator('.read-out').innerText()).toBe('Latest: 0.0123');
  });

  it('can be drawn over seconds and on a logarithmic scale, which is kept', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    await page.getByRole('combobox', { name: 'Over' }).click();
    await page.getByRole('option', { name: 'Training time' }).click();
    await page.getByRole('checkbox', { name: 'Logarithmic losses' }).press('Space');
    await page.getByRole('img', { name: /^Generator loss over seconds/ }).waitFor();
    const state = await page.evaluate(() => harness.state);
    expect(state).toMatchObject({ view: { xAxis: 'seconds', logarithmic: true } });
    const again = await open({ view: 'run', scenario: 'running', state });
    await again.getByRole('img', { name: /^Generator loss over seconds/ }).waitFor();
  });
});

describe('the run', () => {
  it('is stopped once', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    await page.getByRole('button', { name: 'Stop' }).click();
    await waitForCalls(page, runView.stop.method, 1);
    await page.evaluate(() => {
      const { state } = harness.handlers['run/connect']!(undefined) as { state: { header: object } };
      const update = { curves: [], samples: [], log: [], artifacts: [] };
      harness.notify({ method: 'run/updated' }, { ...update, header: { ...state.header, stopping: true } });
    });
    await page.getByText('Stopping after this step').waitFor();
    // `force`: the button is disabled, and a click on it must do nothing.
    await page.getByRole('button', { name: 'Stop' }).click({ force: true });
    expect(await paramsOf(page, runView.stop.method)).toHaveLength(1);
  });

  it('that failed says why, and can go on', async () => {
    const page = await open({ view: 'run', scenario: 'failed' });
    await page.getByRole('alert').getByText('Lower the learning rate').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await waitForCalls(page, runView.resume.method, 1);
  });

  it('names and opens what it made', async () => {
    const page = await open({ view: 'run', scenario: 'succeeded' });
    await page
      .getByRole('button', { name: 'Open weights weights/sketch-at-night/fine-tuned.safetensors' })
      .click();
    await waitForCalls(page, runView.openArtifact.method, 1);
  });
});

it('steps through every sample with the keyboard and then stays there', async () => {
  const page = await open({ view: 'run', scenario: 'running' });
  const slider = page.getByRole('slider', { name: 'Sample' });
  await slider.focus();
  expect(await slider.getAttribute('aria-valuetext')).toBe('sketch-at-night, step 300');
  await page.keyboard.press('ArrowLeft');
  expect(await slider.getAttribute('aria-valuetext')).toBe('sketch-at-night, step 250');
  const shown = () => page.locator('.sample-picture').getAttribute('src');
  const chosen = await shown();
  await page.evaluate(() => {
    const { state } = harness.handlers['run/connect']!(undefined) as {
      state: { header: object; samples: { step: number }[] };
    };
    const samples = [{ ...state.samples[0]!, step: 350 }];
    harness.notify(
      { method: 'run/updated' },
      { header: state.header, curves: [], samples, log: [], artifacts: [] },
    );
  });
  await page.getByRole('button', { name: 'sketch-at-night, step 350' }).waitFor();
  expect(await shown()).toBe(chosen);
  await page.keyboard.press('End');
  expect(await slider.getAttribute('aria-valuetext')).toBe('sketch-at-night, step 350');
});

describe('a run of several parts', () => {
  const at = (page: Page) =>
    page.getByRole('region', { name: 'Parts of the run' }).getByRole('listitem').allInnerTexts();

  it('says which part it is at, what is behind it and what is to come', async () => {
    const page = await open({ view: 'run', scenario: 'quickstart' });
    await page.getByRole('heading', { name: '3 of 8 · Collect LoRA weights of the zoo' }).waitFor();
    const parts = await at(page);
    expect(parts).toHaveLength(8);
    expect(parts[1]).toMatch(/Train the base generator.*done/s);
    expect(parts[2]).toMatch(/Collect LoRA weights of the zoo.*current/s);
    expect(parts[3]).toMatch(/Part 4.*to come/s);
  });

  it('marks the part that failed', async () => {
    const page = await open({ view: 'run', scenario: 'quickstart' });
    await page.locator('.run-parts').waitFor();
    await page.evaluate(() => {
      const { state } = harness.handlers['run/connect']!(undefined) as { state: { header: object } };
      const update = { curves: [], samples: [], log: [], artifacts: [] };
      harness.notify({ method: 'run/updated' }, { ...update, header: { ...state.header, state: 'failed' } });
    });
    await page.locator('.part-failed').waitFor();
    expect((await at(page))[2]).toMatch(/failed/);
  });

  it('lists many files below the curves, on one line for each folder', async () => {
    const page = await open({ view: 'run', scenario: 'quickstart' });
    const folder = page.locator('summary', { hasText: '.dnw/pairs/' });
    await folder.getByText('29 files').waitFor();
    const file = page.getByRole('button', { name: 'Open pairs .dnw/pairs/concept-7.safetensors' });
    expect(await file.isVisible()).toBe(false);
    const chart = (await page.locator('.uplot').last().boundingBox())!;
    expect((await folder.boundingBox())!.y).toBeGreaterThan(chart.y + chart.height);
    await folder.click();
    await file.click();
    await waitForCalls(page, runView.openArtifact.method, 1);
  });
});

it('shows a sample large, under its step', async () => {
  const page = await open({ view: 'run', scenario: 'running', width: 1200 });
  await page.locator('.sample figcaption').getByText('Step 300').waitFor();
  expect((await page.locator('.sample-picture').boundingBox())!.width).toBeGreaterThan(800);
});

it('says where lines of the run’s file cannot be read, and what that means', async () => {
  const page = await open({ view: 'run', scenario: 'damaged' });
  const notice = page.getByRole('status').filter({ hasText: 'cannot be read' });
  expect(await notice.innerText()).toMatch(
    /^3 lines of runs\/\S+\/events\.jsonl cannot be read and are left out/,
  );
});
