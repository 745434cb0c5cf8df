import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect } from 'vitest';
import { colorDistance } from './pages/webview.ts';
import { stepsIn } from './scenario.ts';
import { brokenPhotograph, heldOutConcept, latestRun } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow());
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

/** Everything that the latest run of a stage reported. */
function eventsOf(stage: string): string {
  return readFileSync(join(project, 'runs', latestRun(project, stage), 'events.jsonl'), 'utf8');
}

step('fine-tunes a concept from the palette and draws what came of it', async () => {
  expect(eventsOf('prepare')).toContain(brokenPhotograph);
  const { palette, notifications, runView, weightsView, translateView } = workbench;
  const label = `Fine-Tune Concept: ${heldOutConcept}`;

  await palette.run('Denoised Weights: Fine-Tune Concept');
  await palette.choose(heldOutConcept);
  await notifications.waitFor(label);
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*%`));
  await workbench.view('Runs').open(label);
  await runView.waitFor(`fine-tune ${heldOutConcept}`, 'Finished');
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*finished`));
  for (const curve of await runView.curves()) expect(curve.deviation).toBeGreaterThan(1);
  const animation = join(project, 'training.gif');
  await runView.press('Save animation…');
  await palette.saveAs(animation);
  await runView.waitForSaved('the animation');
  expect((await sharp(animation, { animated: true }).metadata()).pages).toBeGreaterThan(1);
  expect(existsSync(join(project, 'weights', heldOutConcept, 'fine-tuned.safetensors'))).toBe(true);
  // What says so would lie over the pictures that are read from the screen.
  await notifications.waitFor(`${label}: finished in`);
  await notifications.clear();

  await palette.run('Denoised Weights: Show Weight Statistics');
  await weightsView.waitFor(heldOutConcept);
  for (const title of await weightsView.chartTitles()) {
    const { marks, picture } = await weightsView.chart(title);
    expect(marks, title).toBeGreaterThan(0);
    expect(picture.deviation, title).toBeGreaterThan(1);
  }

  await palette.run('Denoised Weights: Show Translated Images');
  await translateView.waitFor(heldOutConcept);
  const sources = await translateView.column('Source');
  const denoised = await translateView.column('Denoised');
  const fineTuned = await translateView.column('Fine-tuned');
  const targets = await translateView.column('Target');
  expect([denoised.length, fineTuned.length, targets.length]).toEqual(Array(3).fill(sources.length));
  for (const [row, target] of targets.entries()) {
    // A photograph, not a flat field; and the training has moved its colors toward the target's.
    expect(fineTuned[row]!.deviation).toBeGreaterThan(5);
    expect(colorDistance(fineTuned[row]!, target)).toBeLessThan(colorDistance(denoised[row]!, target));
  }
});
