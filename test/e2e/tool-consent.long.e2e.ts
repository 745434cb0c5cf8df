import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { TOOLS } from '../../src/extension/identifiers.ts';
import { stepsIn } from './scenario.ts';
import { heldOutConcept, latestRun, outcomeOf } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const steps = 7;
const call = JSON.stringify({
  tool: TOOLS.startRun,
  input: { stage: 'denoise', concept: heldOutConcept, steps, seed: 3 },
});
const question = `Start Denoise Weights: ${heldOutConcept}?`;

let workbench: Workbench;
let project: string;

/** Another extension calls the tools, without a chat: the workbench asks for it. */
beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow());
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);
const runs = () => readdirSync(join(project, 'runs')).toSorted();

step(
  'a tool that is to start a run asks what it will start, and starts nothing where it may not',
  async () => {
    const { page, palette, dialog, notifications } = workbench;
    const before = runs();
    await palette.run('Tool Caller: Call Tool');
    await palette.answer(call);
    const asked = (await dialog.text(question)).replaceAll('\u00a0', ' ');
    for (const fact of [
      `Project: ${project}`,
      'Training config: tiny',
      `Concept: ${heldOutConcept}`,
      'Seed: 3',
      `Steps: ${steps}`,
      'Device: auto',
      'The run uses this machine until it ends or is stopped',
    ])
      expect(asked).toContain(fact);
    await page.keyboard.press('Escape');
    await dialog.waitUntilClosed();
    await notifications.waitFor('No answer: Canceled');
    expect(runs()).toEqual(before);
  },
);

step('once it may, the run starts, and the tool answers with it', async () => {
  const { page, palette, dialog, notifications } = workbench;
  const before = latestRun(project, 'denoise');
  await palette.run('Tool Caller: Call Tool');
  await palette.answer(call);
  await dialog.text(question);
  await page.keyboard.press('Enter');
  await dialog.waitUntilClosed();
  await expect.poll(() => latestRun(project, 'denoise')).not.toBe(before);
  const run = latestRun(project, 'denoise');
  await notifications.waitFor(`Answer: Run: ${run}`);
  await expect.poll(() => outcomeOf(project, run)).toBe('succeeded');
  await workbench.view('Runs').waitFor(new RegExp(`Denoise Weights: ${heldOutConcept}.*finished`));
});
