import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { FabricatedRun } from '../host/fabricated-run.ts';
import { stepsIn } from './scenario.ts';
import { heldOutConcept } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

let workbench: Workbench;
/** The newest: the first of the Runs view. */
let failed: FabricatedRun;

beforeAll(async () => {
  const taken = await takeTrainedWindow();
  workbench = taken.workbench;
  failed = new FabricatedRun(taken.project, '20990101-000000-collect-zoo', {
    stage: 'collect',
    name: 'zoo',
    training: 'tiny.training.yaml',
  });
  failed.begin();
  failed.finish('failed', 'out of memory');
  await workbench.view('Runs').waitFor('Collect Zoo: zoo');
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

step('in Concepts the arrows go through rows, open and close them, and the menu runs a stage', async () => {
  const { page, menu, palette } = workbench;
  const concepts = workbench.view('Concepts');
  await palette.run('Denoised Weights: Focus on Concepts View');
  await concepts.goTo('fog');
  expect(await concepts.isExpanded(/^fog/)).toBe('false');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => concepts.isExpanded(/^fog/)).toBe('true');
  // Open before it has been told what is in it.
  await concepts.waitForChild();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => concepts.focused()).not.toBe('fog');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => concepts.focused()).toBe('fog');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => concepts.isExpanded(/^fog/)).toBe('false');

  await page.keyboard.press('Shift+F10');
  await menu.takeByKey('Prepare Pairs');
  await workbench.view('Runs').waitFor(/Prepare Pairs: fog.*finished/);
});

step('Enter on a concept opens its file, and Ctrl+Shift+V there shows its translated images', async () => {
  const { page, editor, palette, translateView } = workbench;
  const concepts = workbench.view('Concepts');
  await palette.run('Denoised Weights: Focus on Concepts View');
  await concepts.goTo(heldOutConcept);
  await page.keyboard.press('Enter');
  await editor.waitForTab(`${heldOutConcept}.concept.yaml`);
  await editor.focus();
  await page.keyboard.press('Control+Shift+V');
  await editor.waitForTab(`Translate: ${heldOutConcept}`);
  await translateView.waitFor(heldOutConcept);
});

step('in Runs Enter opens the run, and Delete asks before it deletes', async () => {
  const { page, dialog, palette, runView } = workbench;
  const runs = workbench.view('Runs');
  await palette.run('Denoised Weights: Focus on Runs View');
  await runs.goTo('Collect Zoo: zoo');
  await page.keyboard.press('Enter');
  await runView.waitFor('collect zoo', 'Failed');

  await palette.run('Denoised Weights: Focus on Runs View');
  await runs.goTo('Collect Zoo: zoo');
  await page.keyboard.press('Delete');
  expect(await dialog.text('Delete the run')).toContain('events, curves, samples, logs and checkpoints');
  await page.keyboard.press('Escape');
  await dialog.waitUntilClosed();
  expect(existsSync(failed.folder)).toBe(true);

  await page.keyboard.press('Delete');
  await dialog.text('Delete the run');
  expect(await dialog.focusedButton()).toBe('Move to Trash');
  await page.keyboard.press('Enter');
  // A server has no trash.
  await dialog.text('Delete Permanently');
  await page.keyboard.press('Enter');
  await runs.waitUntilGone('Collect Zoo: zoo');
  expect(existsSync(failed.folder)).toBe(false);
});

step('in Zoo Enter opens a member’s file, and its menu shows its statistics', async () => {
  const { page, editor, menu, palette, tensorsView, weightsView } = workbench;
  const zoo = workbench.view('Zoo');
  await palette.run('Denoised Weights: Focus on Zoo View');
  await zoo.goTo('tiny');
  if ((await zoo.isExpanded(/^tiny/)) === 'false') await page.keyboard.press('ArrowRight');
  await zoo.waitFor(/^sepia/);
  await zoo.goTo('sepia');
  await page.keyboard.press('Enter');
  await editor.waitForTab('sepia.safetensors');
  expect((await tensorsView.read('sepia.safetensors')).length).toBeGreaterThan(0);

  await palette.run('Denoised Weights: Focus on Zoo View');
  await zoo.goTo('sepia');
  await page.keyboard.press('Shift+F10');
  await menu.takeByKey('Show Weight Statistics');
  await weightsView.waitFor('sepia');
});
