import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { stepsIn } from './scenario.ts';
import { finishHeldOut, heldOutConcept, latestRun, outcomeOf } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const chart = 'All layers';
const settings = { 'denoisedWeights.runs.tensorBoard': true, 'workbench.reduceMotion': 'on' };

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow(finishHeldOut, settings));
  await workbench.view('Runs').waitFor('Evaluate Concept');
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

step('a chart is drawn in the colours of the theme', async () => {
  const { palette, weightsView } = workbench;
  await palette.run('Denoised Weights: Show Weight Statistics');
  await weightsView.waitFor(heldOutConcept);
  const brightness = async () => {
    const { picture } = await weightsView.chart(chart);
    return picture.mean.reduce((sum, channel) => sum + channel, 0) / 3;
  };
  const drawn: Record<string, string[]> = {};
  for (const [theme, light] of Object.entries({
    'Light Modern': true,
    'Dark Modern': false,
    'Dark High Contrast': false,
    'Light High Contrast': true,
  })) {
    await workbench.chooseTheme(theme);
    if (light) await expect.poll(brightness).toBeGreaterThan(180);
    else await expect.poll(brightness).toBeLessThan(75);
    drawn[theme] = await weightsView.markColors(chart);
    expect(drawn[theme].length, theme).toBeGreaterThan(0);
  }
  expect(drawn['Light Modern']).not.toEqual(drawn['Dark Modern']);
  expect(drawn['Light High Contrast']).not.toEqual(drawn['Dark High Contrast']);
});

step('samples are not played where workbench.reduceMotion asks for less motion', async () => {
  const { runView } = workbench;
  const heading = `fine-tune ${heldOutConcept}`;
  await workbench.view('Runs').open('Fine-Tune Concept');
  await runView.waitFor(heading, 'Finished');
  expect(await runView.sampleButtons()).toContain('‹ Previous');
  expect(await runView.sampleButtons()).not.toContain('Play');
  await workbench.setInFolder(project, { ...settings, 'workbench.reduceMotion': 'off' });
  await expect.poll(() => runView.sampleButtons()).toContain('Play');
});

step(
  'with the setting for TensorBoard, a run from the palette writes event files into its folder',
  async () => {
    const { palette } = workbench;
    const before = latestRun(project, 'fine-tune');
    await palette.run('Denoised Weights: Fine-Tune Concept');
    await palette.choose(heldOutConcept);
    await expect.poll(() => latestRun(project, 'fine-tune')).not.toBe(before);
    const run = latestRun(project, 'fine-tune');
    await expect.poll(() => outcomeOf(project, run)).toBe('succeeded');
    const folder = join(project, 'runs', run, 'tensorboard');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('events.out.tfevents.'),
    );
    expect(files.length).toBeGreaterThan(0);
    // A record is its length as eight bytes, a checksum of four, and the event: first the version of the format.
    const bytes = readFileSync(join(folder, files[0]!));
    const length = Number(bytes.readBigUInt64LE(0));
    expect(bytes.subarray(12, 12 + length).toString('latin1')).toContain('brain.Event:2');
    expect(bytes.length).toBeGreaterThan(12 + length + 4);
  },
);
