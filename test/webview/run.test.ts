import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { runView } from '../../src/protocol/webview/run.ts';
import { browserSession, paramsOf, savedFile, waitForCalls } from './harness/session.ts';

const open = browserSession();

/** Pixels of the first chart within 4 of a color. */
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
  it('are drawn in the theme’s colours and drawn again when the theme changes', async () => {
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
          overlays: [],
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
    await page.getByRole('combobox', { name: 'X axis' }).click();
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
      const update = { curves: [], samples: [], log: [], artifacts: [], overlays: [] };
      harness.notify({ method: 'run/updated' }, { ...update, header: { ...state.header, stopping: true } });
    });
    await page.getByText('Stopping after this step').waitFor();
    // `force`: the button is disabled, and a click on it must do nothing.
    await page.getByRole('button', { name: 'Stop' }).click({ force: true });
    expect(await paramsOf(page, runView.stop.method)).toHaveLength(1);
  });

  it('that failed says why, opens what its code means, and can go on', async () => {
    const page = await open({ view: 'run', scenario: 'failed' });
    await page.getByRole('alert').getByText('Lower the learning rate').waitFor();
    await page.getByRole('button', { name: 'Explain DNW-178' }).click();
    await waitForCalls(page, runView.explain.method, 1);
    expect(await paramsOf(page, runView.explain.method)).toEqual(['DNW-178']);
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
      { header: state.header, curves: [], samples, log: [], artifacts: [], overlays: [] },
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
    expect(parts[3]).toMatch(/Part 4.*pending/s);
  });

  it('marks the part that failed', async () => {
    const page = await open({ view: 'run', scenario: 'quickstart' });
    await page.locator('.run-parts').waitFor();
    await page.evaluate(() => {
      const { state } = harness.handlers['run/connect']!(undefined) as { state: { header: object } };
      const update = { curves: [], samples: [], log: [], artifacts: [], overlays: [] };
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

describe('overlaid runs', () => {
  const runs = (page: Page) => page.getByRole('list', { name: 'Runs whose curves are shown' });
  const psnr = (page: Page) => page.getByRole('table', { name: 'Curves of PSNR' });

  it('share charts by name: a row for each run, a column for each series', async () => {
    const page = await open({ view: 'run', scenario: 'six-runs' });
    await psnr(page).waitFor();
    expect(await psnr(page).getByRole('columnheader').allInnerTexts()).toEqual([
      'Latest',
      expect.stringContaining('denoised start'),
      expect.stringContaining('fresh LoRA'),
      expect.stringContaining('Pix2pix from scratch'),
    ]);
    const rows = await psnr(page).getByRole('rowheader').allInnerTexts();
    expect(rows.map((row) => row.trim())).toEqual([
      'sketch-at-night, 24 Nov, 09:30',
      'sketch-at-night, 23 Nov, 13:30',
      'sketch-at-night, 23 Nov, 14:30',
      'heavy-snow',
      'an-oil-painting-of-the-harbour',
      'fog',
    ]);
    // charts-blue, -yellow, -green, -purple, -red and the foreground of the dark theme.
    for (const color of [
      [0x59, 0xa4, 0xf9],
      [0xcc, 0xa7, 0x00],
      [0x89, 0xd1, 0x85],
      [0xb1, 0x80, 0xd7],
      [0xf1, 0x4c, 0x4c],
    ] as const)
      expect(await countPixels(page, color)).toBeGreaterThan(40);
  });

  it('say under the pointer what each of them comes to there, and nothing beyond their ends', async () => {
    const page = await open({ view: 'run', scenario: 'overlaid', height: 1400 });
    const chart = page.getByRole('figure', { name: 'Generator loss' });
    const over = chart.locator('.u-over');
    await over.hover({ position: { x: 100, y: 50 } });
    const head = chart.getByRole('columnheader').first();
    expect(await head.innerText()).toMatch(/^Step \d+$/);
    const values = () => chart.locator('.compared-values td').allInnerTexts();
    for (const value of await values()) expect(value).toMatch(/^[\d.]+$/);
    const { width } = (await over.boundingBox())!;
    // The run of the view itself is at step 330 of the 500 that the first of the others has.
    await over.hover({ position: { x: width - 12, y: 50 } });
    await chart.getByText('none').first().waitFor();
    expect((await values())[0]).toBe('none');
    expect((await values())[1]).toMatch(/^[\d.]+$/);
  });

  it('have all their numbers in the table behind a chart', async () => {
    const page = await open({ view: 'run', scenario: 'overlaid' });
    const chart = page.getByRole('figure', { name: 'L1 loss' });
    await chart.locator('summary').click();
    expect(await chart.locator('.data-table thead th').allInnerTexts()).toEqual([
      'Step',
      'sketch-at-night, 24 Nov, 09:30',
      'sketch-at-night, 23 Nov, 13:30',
      'sketch-at-night, 23 Nov, 14:30',
    ]);
  });

  it('are chosen and removed one by one, and kept over a reload', async () => {
    const page = await open({ view: 'run', scenario: 'overlaid' });
    await page.getByRole('button', { name: 'Overlay other runs…' }).click();
    await waitForCalls(page, runView.chooseOverlaid.method, 1);
    const kept = await page.evaluate(() => harness.state as { target: { overlaid: { runId: string }[] } });
    expect(kept.target.overlaid.map(({ runId }) => runId)).toEqual([
      '20261123-100000-fine-tune-sketch-at-night',
      '20261123-110000-fine-tune-sketch-at-night',
    ]);
    await runs(page).getByRole('button', { name: 'Remove sketch-at-night, 23 Nov, 13:30' }).click();
    await waitForCalls(page, runView.removeOverlaid.method, 1);
    expect(await paramsOf(page, runView.removeOverlaid.method)).toEqual([
      { project: '/home/mira/styles', runId: '20261123-100000-fine-tune-sketch-at-night' },
    ]);
    await page.evaluate(() => {
      const { state } = harness.handlers['run/connect']!(undefined) as {
        state: { header: object; overlays: { whole: boolean; curves: unknown[] }[] };
      };
      const [, second] = state.overlays;
      harness.notify(
        { method: 'run/updated' },
        {
          ...{ header: state.header, curves: [], samples: [], log: [], artifacts: [] },
          overlays: [{ ...second!, whole: false, curves: [] }],
        },
      );
    });
    await expect.poll(() => runs(page).getByRole('listitem').count()).toBe(2);
    expect(await psnr(page).getByRole('row').count()).toBe(3);
    const { target } = await page.evaluate(() => harness.state as { target: { overlaid: unknown[] } });
    expect(target.overlaid).toHaveLength(1);
  });

  it('that cannot be chosen say why', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    await page.evaluate(() => {
      harness.handlers['run/chooseOverlaid'] = () => {
        throw new Error('There are no other runs to overlay yet.');
      };
    });
    await page.getByRole('button', { name: 'Overlay another run…' }).click();
    await page.getByRole('alert').getByText('There are no other runs').waitFor();
  });
});

describe('the range of the charts', () => {
  it('is chosen by dragging over one, for all of them, and left by a double click', async () => {
    const page = await open({ view: 'run', scenario: 'running', height: 1400 });
    const over = page.getByRole('figure', { name: 'Generator loss' }).locator('.u-over');
    const box = (await over.boundingBox())!;
    await page.mouse.move(box.x + 0.5 * box.width, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.75 * box.width, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const shown = page.locator('.range legend');
    await expect.poll(() => shown.innerText()).toMatch(/^Steps 16\d to 24\d$/);
    await over.dblclick({ position: { x: 50, y: 50 } });
    await expect.poll(() => shown.innerText()).toBe('Whole run');
  });

  it('is chosen with the keyboard', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    const shown = page.locator('.range legend');
    const press = (name: string) => page.getByRole('button', { name, exact: true }).press('Enter');
    await press('Zoom in');
    expect(await shown.innerText()).toBe('Steps 83 to 248');
    await press('Later');
    expect(await shown.innerText()).toBe('Steps 165 to 330');
    await press('Zoom out');
    expect(await shown.innerText()).toBe('Whole run');
  });
});

it('draws a single spike among 100,000 points', async () => {
  const page = await open({ view: 'run', scenario: 'long' });
  await page.locator('.uplot').first().waitFor();
  const highest = () =>
    page
      .locator('.uplot canvas')
      .first()
      .evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data, width, height } = canvas
          .getContext('2d')!
          .getImageData(0, 0, canvas.width, canvas.height);
        // The faint line of what was reported is bluer than the grid and the ground.
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const i = 4 * (y * width + x);
            if (data[i + 2]! > data[i]! + 40 && data[i + 3]! > 20) return { x: x / width, y: y / height };
          }
        return undefined;
      });
  await page.getByRole('combobox', { name: 'Smoothing of losses' }).click();
  await page.getByRole('option', { name: 'None' }).click();
  await page.getByText('Latest:').first().waitFor();
  const { x, y } = (await highest())!;
  // 40 on an axis to some 50, at step 61,803 of 100,000.
  expect(y).toBeLessThan(0.3);
  expect(x).toBeGreaterThan(0.55);
  expect(x).toBeLessThan(0.72);
});

describe('samples', () => {
  it('are shown from the first on', async () => {
    const page = await open({ view: 'run', scenario: 'first-sample' });
    await page.locator('.sample-picture').waitFor();
    expect(await page.getByRole('slider', { name: 'Sample' }).count()).toBe(0);
    await page.locator('.uplot canvas').first().waitFor();
  });

  it('are played from the first, up to the last', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    const slider = page.getByRole('slider', { name: 'Sample' });
    const seen = await slider.evaluateHandle((element) => {
      const places: string[] = [];
      new MutationObserver(() => places.push(element.getAttribute('aria-valuetext')!)).observe(element, {
        attributes: true,
        attributeFilter: ['aria-valuetext'],
      });
      return places;
    });
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(await seen.jsonValue()).toEqual(
      [0, 50, 100, 150, 200, 250, 300].map((step) => `sketch-at-night, step ${step}`),
    );
  });

  it('are saved as an animation, each above its step', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    await page.getByRole('button', { name: 'Save animation…' }).click();
    await page.getByText('Saved the animation.').waitFor();
    const { name, data } = await savedFile(page, runView.save.method);
    expect(name).toBe('20261124-093000-fine-tune-sketch-at-night samples.gif');
    const { pages, delay } = await sharp(data, { animated: true }).metadata();
    expect({ pages, delay }).toEqual({ pages: 7, delay: [250, 250, 250, 250, 250, 250, 2000] });
    const frames = await Promise.all(
      [0, 6].map((frame) => sharp(data, { page: frame }).removeAlpha().raw().toBuffer()),
    );
    expect(frames[0]!.equals(frames[1]!)).toBe(false);
  });

  it('of a long run are thinned out for an animation, which says so', async () => {
    const page = await open({ view: 'run', scenario: 'many-samples' });
    await page.getByRole('button', { name: 'Save animation…' }).click();
    await page.getByText('Saved the animation, 120 of 201 samples.').waitFor();
    const { data } = await savedFile(page, runView.save.method);
    expect((await sharp(data, { animated: true }).metadata()).pages).toBe(120);
  });

  it('are stepped through where motion is to be reduced', async () => {
    const page = await open({ view: 'run', scenario: 'running', reducedMotion: true });
    await page.getByRole('button', { name: 'Previous sample' }).click();
    await page.getByText('6 of 7: sketch-at-night, step 250').waitFor();
    expect(await page.getByRole('button', { name: 'Play' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Follow the latest' }).click();
    await page.getByText('(latest, following)').waitFor();
  });

  it('are played until the editor asks for less motion, and again after that', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    const playing = () => page.getByRole('button', { name: /^(Play|Pause)$/ }).count();
    await page.getByRole('button', { name: 'Play' }).click();
    expect(await playing()).toBe(1);
    // As the workbench does with `workbench.reduceMotion`.
    await page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    await expect.poll(playing).toBe(0);
    await page.evaluate(() => document.body.classList.remove('vscode-reduce-motion'));
    await expect.poll(playing).toBe(1);
    // What was playing has stopped.
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
  });
});

describe('the log', () => {
  const lines = (page: Page) => page.locator('.log-line').count();

  it('is narrowed to a level, which is kept', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    await expect.poll(() => lines(page)).toBe(7);
    await page.getByRole('combobox', { name: 'Level' }).click();
    await page.getByRole('option', { name: 'Warnings and errors' }).click();
    await expect.poll(() => lines(page)).toBe(1);
    await page.getByText('1 of 7 lines').waitFor();
    const state = await page.evaluate(() => harness.state);
    const again = await open({ view: 'run', scenario: 'running', state });
    await again.locator('.log').waitFor();
    await expect.poll(() => lines(again)).toBe(1);
  });

  it('follows the end unless one has scrolled up', async () => {
    const page = await open({ view: 'run', scenario: 'running' });
    const log = page.locator('.log');
    await page.getByText('7 lines', { exact: true }).waitFor();
    const say = (count: number) =>
      page.evaluate((wanted) => {
        const { state } = harness.handlers['run/connect']!(undefined) as { state: { header: object } };
        const log = Array.from({ length: wanted }, (_, i) => ({
          time: 0,
          level: 'info',
          message: `line ${i}`,
        }));
        harness.notify(
          { method: 'run/updated' },
          { header: state.header, curves: [], samples: [], log, artifacts: [], overlays: [] },
        );
      }, count);
    const below = () => log.evaluate((e) => Math.round(e.scrollHeight - e.scrollTop - e.clientHeight));
    await say(60);
    await page.getByText('67 lines').waitFor();
    expect(await below()).toBeLessThan(2);
    await log.evaluate((element) => {
      element.scrollTop = 0;
    });
    await page.getByRole('button', { name: 'Follow the end' }).waitFor();
    await say(5);
    await page.getByText('72 lines').waitFor();
    expect(await log.evaluate((element) => element.scrollTop)).toBe(0);
    await page.getByRole('button', { name: 'Follow the end' }).click();
    await expect.poll(below).toBeLessThan(2);
  });
});

describe('states of a run', () => {
  it('that has said nothing yet: what is still to come', async () => {
    const page = await open({ view: 'run', scenario: 'begun' });
    await page.getByText('Curves appear after the first measured step.').waitFor();
    await page.getByText('No samples yet.').waitFor();
    await page.getByText('No lines yet.').waitFor();
  });

  it('that ended without measuring: that nothing will come', async () => {
    const page = await open({ view: 'run', scenario: 'measured-nothing' });
    await page.getByText('This run has no measurements').waitFor();
    await page.getByText('This run has no samples.').waitFor();
    // What would change curves has none to change.
    expect(await page.getByRole('checkbox', { name: 'Logarithmic losses' }).count()).toBe(0);
    expect(await page.getByRole('combobox', { name: 'Smoothing of losses' }).count()).toBe(0);
  });

  it('that failed: why, above everything but its name', async () => {
    const page = await open({ view: 'run', scenario: 'failed' });
    const alert = (await page.getByRole('alert').boundingBox())!;
    const progress = (await page.locator('.run-progress').boundingBox())!;
    expect(alert.y).toBeLessThan(progress.y);
  });

  it('whose events are damaged: which lines, beside the rest', async () => {
    const page = await open({ view: 'run', scenario: 'damaged' });
    await page.getByText('Lines 12, 15, 18, 40, 41 and 2 more of events.jsonl are damaged').waitFor();
    await page.getByRole('button', { name: 'Show line 12' }).click();
    await waitForCalls(page, runView.showEvents.method, 1);
    expect(await paramsOf(page, runView.showEvents.method)).toEqual([12]);
    expect(await page.locator('.uplot').count()).toBe(5);
  });
});

it('tells the memory of the engine where the run does', async () => {
  const page = await open({ view: 'run', scenario: 'running' });
  await page.getByText('412 MiB, peak 655 MiB').waitFor();
  const ended = await open({ view: 'run', scenario: 'succeeded' });
  await ended.getByText('peak 655 MiB', { exact: true }).waitFor();
});

it('shows the resolved config on demand, and copies it', async () => {
  const page = await open({ view: 'run', scenario: 'running' });
  const config = page.getByRole('region', { name: 'Training config as YAML' });
  await page.getByText('Resolved config').waitFor();
  expect(await config.isVisible()).toBe(false);
  await page.getByText('Resolved config').click();
  await config.getByText('learningRate: 0.0002').waitFor();
  await page.getByText('Seed 7; dnw 0.1.0, node 20.20.2, onnxruntime 1.30.0').waitFor();
  await page.getByRole('button', { name: 'Copy config' }).click();
  await page.getByText('Copied as YAML.').waitFor();
  expect(await paramsOf(page, runView.copyConfig.method)).toHaveLength(1);
});

it('fits 400 pixels with six runs', async () => {
  const page = await open({ view: 'run', scenario: 'six-runs', width: 400 });
  await page.locator('.uplot').first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
});
