import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { stepsIn } from './scenario.ts';
import {
  copyProject,
  denoise,
  endRuns,
  hasProgress,
  heldOutConcept,
  holdRun,
  outcomeOf,
  setFineTuneSteps,
} from './trained-project.ts';
import { Workbench } from './workbench.ts';

/** Enough for the first run to be held before it has ended, and few enough to wait for afterwards. */
const fineTuneSteps = 300;
const second = 'fog';
const labelOf = (concept: string) => `Fine-Tune Concept: ${concept}`;
const atWork = new RegExp(`${labelOf(heldOutConcept)}.*%`);
const queued = /Fine-Tune Concept: 2 runs, one after the other/;
const offered = `These runs were waiting for ${labelOf(heldOutConcept)} when the window was closed: ${second}.`;

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  project = copyProject(inject('trainedProject'));
  await denoise(project, second);
  setFineTuneSteps(project, fineTuneSteps);
  // Toasts about runs that have ended would cover the question.
  workbench = await Workbench.open(project, { 'denoisedWeights.notifications': 'none' });
  await workbench.showContainer('Denoised Weights');
  await workbench.view('Concepts').waitFor(new RegExp(`^${second}.*denoised`));
  // A view that is read while a menu is open leaves it without the rows that it was opened for.
  await workbench.view('Runs').waitFor(`Denoise Weights: ${second}`);
  await workbench.view('Zoo').waitFor('Weight generator');
});
afterAll(async () => {
  await endRuns(project);
  await workbench?.close();
});

const step = stepsIn(() => workbench);

const fineTunings = () =>
  readdirSync(join(project, 'runs'))
    .filter((run) => run.includes('-fine-tune-'))
    .toSorted();

/** Starts the fine-tuning of two concepts. @returns the run of the first, which stands still until it may go on */
async function startTwo(): Promise<{ first: string; goOn: () => void }> {
  const before = fineTunings();
  const begun = () => fineTunings().filter((run) => !before.includes(run));
  const concepts = workbench.view('Concepts');
  await concepts.select(new RegExp(`^${heldOutConcept}`), new RegExp(`^${second}`));
  await concepts.actInMenu(new RegExp(`^${second}`), 'Fine-Tune Concept');
  await expect.poll(() => begun().some((run) => hasProgress(project, run))).toBe(true);
  const [first, ...others] = begun();
  const goOn = await holdRun(project, first!);
  expect(first).toContain(heldOutConcept);
  expect(others).toEqual([]);
  await workbench.notifications.waitFor(queued);
  await workbench.view('Runs').waitFor(atWork);
  return { first: first!, goOn };
}

/** Reloads the window and waits for what it says of the run that goes on. */
async function reload(): Promise<void> {
  await workbench.reload();
  await workbench.view('Runs').waitFor(atWork);
}

/** What the window asks after its start, once it has come so far as to show a panel. */
async function askedAfterStart(): Promise<string[]> {
  await workbench.view('Runs').open(labelOf(heldOutConcept));
  await workbench.editor.waitForTab(labelOf(heldOutConcept));
  return workbench.notifications.shown();
}

step('what waits is offered by each later window until it has begun, after the run before it', async () => {
  const { notifications } = workbench;
  const { first, goOn } = await startTwo();
  await notifications.waitFor(new RegExp(`${heldOutConcept} \\(1 of 2\\).*; then ${second}`));
  await reload();
  await notifications.answer(offered, 'Start Afterwards');
  // It waits for the run, and this window for it: the next one has to ask again.
  await reload();
  await notifications.answer(offered, 'Start Afterwards');
  expect(fineTunings()).toEqual([first]);
  goOn();
  await workbench.view('Runs').waitFor(new RegExp(`${labelOf(second)}.*finished`));
  expect(outcomeOf(project, first)).toBe('succeeded');
  const [, next, ...others] = fineTunings();
  expect(next).toContain(second);
  expect(others).toEqual([]);
});

step('what waits is dropped where its offer is closed', async () => {
  const before = fineTunings();
  const { first, goOn } = await startTwo();
  await reload();
  expect(await askedAfterStart()).toEqual([offered]);
  await workbench.notifications.close(offered);
  await reload();
  expect(await askedAfterStart()).toEqual([]);
  goOn();
  await workbench.runView.waitFor(`fine-tune ${heldOutConcept}`, 'Finished');
  expect(fineTunings()).toEqual([...before, first]);
});

step('a run that is stopped while others wait for it has the window ask again', async () => {
  const { notifications } = workbench;
  const before = fineTunings();
  const { first, goOn } = await startTwo();
  await reload();
  await notifications.answer(offered, 'Start Afterwards');
  await workbench.view('Runs').act(labelOf(heldOutConcept), 'Stop Run');
  goOn();
  const question = `${heldOutConcept}: stopped. Not started: ${second}.`;
  await notifications.waitFor(question);
  expect(fineTunings()).toEqual([...before, first]);
  await notifications.answer(question, 'Start Runs');
  await expect.poll(fineTunings).toHaveLength(before.length + 2);
  const next = fineTunings().at(-1)!;
  expect(next).toContain(second);
  await expect.poll(() => outcomeOf(project, next)).toBe('succeeded');
});

step('cancelling the notification stops the run that goes on and drops what waits', async () => {
  const { notifications } = workbench;
  const before = fineTunings();
  const { first, goOn } = await startTwo();
  await notifications.answer(queued, 'Cancel');
  await notifications.waitForNone();
  goOn();
  await expect.poll(() => outcomeOf(project, first)).toBe('stopped');
  await workbench.reload();
  await workbench.view('Runs').waitFor(new RegExp(`${labelOf(heldOutConcept)}.*stopped`));
  expect(await askedAfterStart()).toEqual([]);
  expect(fineTunings()).toEqual([...before, first]);
});
