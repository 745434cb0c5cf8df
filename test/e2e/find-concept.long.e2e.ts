import { afterAll, beforeAll, expect } from 'vitest';
import { stepsIn } from './scenario.ts';
import { heldOutConcept, tagConcepts } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const all = ['dusk', 'fog', 'negative', 'night', 'sepia'];

let workbench: Workbench;

beforeAll(async () => {
  ({ workbench } = await takeTrainedWindow(tagConcepts));
  const concepts = workbench.view('Concepts');
  await concepts.actInTitle('Group Concepts by Tag');
  await concepts.waitFor('weather');
  await concepts.waitFor('print');
  await concepts.actInTitle('List Concepts by Name');
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

const shows = (labels: readonly string[]) =>
  expect.poll(() => workbench.view('Concepts').labels()).toEqual(labels);
const says = (message: string) => expect.poll(() => workbench.view('Concepts').message()).toBe(message);

step(
  'what is typed narrows the concepts at once: by name, prompt, tag and how far they have come',
  async () => {
    const { palette } = workbench;
    const concepts = workbench.view('Concepts');
    await shows(all);
    await says('');
    expect(await concepts.titleButtons()).not.toContain('Clear Filter');
    await concepts.actInTitle('Find Concept');
    await expect.poll(() => palette.hint()).toContain('tag:weather');
    await palette.type('sep');
    await shows(['sepia']);
    await says('1 of 5 concepts match “sep”');
    await expect.poll(() => palette.hint()).toContain('1 of 5 concepts match “sep”');
    await palette.type('OVER scene');
    await shows(['fog']);
    await palette.type('tag:wea');
    await shows(['fog', 'night']);
    await palette.type('@denoised');
    await shows([heldOutConcept]);
    await palette.type('volcano');
    await shows([]);
    await says('None of 5 concepts match “volcano”');
  },
);

step('Escape brings back what was shown before', async () => {
  const { page, palette } = workbench;
  await page.keyboard.press('Escape');
  await palette.waitUntilClosed();
  await shows(all);
  await says('');
});

step('by keys: Ctrl+Alt+F in the view, Enter keeps the filter, and the arrows go on from there', async () => {
  const { page, palette, editor } = workbench;
  const concepts = workbench.view('Concepts');
  await palette.run('Denoised Weights: Focus on Concepts View');
  await concepts.goTo('fog');
  await page.keyboard.press('Control+Alt+F');
  await palette.waitUntilOpen('Find Concept');
  await page.keyboard.type('night');
  await shows(['night']);
  await page.keyboard.press('Enter');
  await palette.waitUntilClosed();
  await shows(['night']);
  await says('1 of 5 concepts match “night”');
  await concepts.goTo('night');
  await page.keyboard.press('Enter');
  await editor.waitForTab('night.concept.yaml');
});

step('Escape brings back an earlier filter, which the box proposes', async () => {
  const { page, palette } = workbench;
  await palette.run('Denoised Weights: Find Concept');
  await palette.waitUntilOpen('Find Concept');
  expect(await palette.proposed()).toBe('night');
  await palette.type('fog');
  await shows(['fog']);
  await page.keyboard.press('Escape');
  await palette.waitUntilClosed();
  await shows(['night']);
});

step('Clear Filter shows all again, and is offered only while there is a filter', async () => {
  const { palette } = workbench;
  const concepts = workbench.view('Concepts');
  await concepts.actInTitle('Clear Filter');
  await shows(all);
  await says('');
  await expect.poll(() => concepts.titleButtons()).not.toContain('Clear Filter');
  expect(await palette.offered('Denoised Weights: Clear Filter')).toEqual([]);
});

step('who takes a row while the box is open has found it', async () => {
  const { palette, editor } = workbench;
  const concepts = workbench.view('Concepts');
  await concepts.actInTitle('Find Concept');
  await palette.type('print');
  await shows(['sepia']);
  await concepts.select(/^sepia/);
  await palette.waitUntilClosed();
  await editor.waitForTab('sepia.concept.yaml');
  await says('1 of 5 concepts match “print”');
  await concepts.actInTitle('Clear Filter');
  await shows(all);
});

step('below tags only those with matches are left, open; afterwards they are as they were', async () => {
  const { page, palette } = workbench;
  const concepts = workbench.view('Concepts');
  await concepts.actInTitle('Group Concepts by Tag');
  for (const [fold, folded] of [
    [() => concepts.fold('weather'), ['print', 'sepia', 'weather', 'No tags', 'dusk', 'negative']],
    [() => concepts.actInTitle('Collapse All'), ['print', 'weather', 'No tags']],
  ] as const) {
    await fold();
    await shows(folded);
    await concepts.actInTitle('Find Concept');
    await palette.type('tag:weather');
    await shows(['weather', 'fog', 'night']);
    await page.keyboard.press('Escape');
    await palette.waitUntilClosed();
    await shows(folded);
  }
});
