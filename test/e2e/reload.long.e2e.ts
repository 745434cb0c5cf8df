import { afterAll, beforeAll, expect, vi } from 'vitest';
import { stepsIn } from './scenario.ts';
import { stepLimitMs } from './step-limit.ts';
import { heldOutConcept, holdRun, latestRun, setFineTuneSteps, tagConcepts } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const patience = { timeout: stepLimitMs, interval: 200 };

/** Hours: the scenario ends it. */
const endlessSteps = 5_000_000;
const file = 'denoised.safetensors';
const fineTuning = `Fine-Tune Concept: ${heldOutConcept}`;
const evaluation = `Evaluate Concept: ${heldOutConcept}`;
const heading = `fine-tune ${heldOutConcept}`;
/** Of the concepts by tag, those that the filter leaves. */
const left = ['No tags', heldOutConcept];

let workbench: Workbench;
/** What the editor of the file showed before the reload. */
let tensors: string[];
let norms: string[];
/** Each lets one of the runs go on. */
let fineTune: () => void;
let evaluate: () => void;

const shows = (labels: readonly string[]) =>
  vi.waitFor(async () => expect(await workbench.view('Concepts').labels()).toEqual(labels), patience);

/** Reloads a window in which two runs go on, and which shows every panel, a file, and some of the concepts. */
beforeAll(async () => {
  const { project, ...taken } = await takeTrainedWindow((copy) => {
    tagConcepts(copy);
    setFineTuneSteps(copy, endlessSteps);
  });
  workbench = taken.workbench;
  const {
    palette,
    page,
    explorer,
    runView,
    shownView,
    weightsView,
    translateView,
    compareView,
    tensorsView,
  } = workbench;
  const runs = workbench.view('Runs');
  const concepts = workbench.view('Concepts');
  await palette.run('Denoised Weights: Fine-Tune Concept');
  await palette.choose(heldOutConcept);
  await runs.waitFor(new RegExp(`${fineTuning}.*%`));
  await runs.open(fineTuning);
  await runView.waitFor(heading, 'Running');
  // It goes on, but leaves the processors to the window.
  fineTune = await holdRun(project, latestRun(project, 'fine-tune'));

  await palette.run('Denoised Weights: Show Weight Statistics');
  await weightsView.waitFor(heldOutConcept);
  await palette.run('Denoised Weights: Show Translated Images');
  await translateView.waitFor(heldOutConcept);
  await palette.run('Denoised Weights: Show Comparison');
  await compareView.waitFor(heldOutConcept);
  await compareView.press('Evaluate concept');
  await runs.waitFor(new RegExp(`${evaluation}.*%`));
  await shownView.waitForHeading('The evaluation is running');
  evaluate = await holdRun(project, latestRun(project, 'evaluate'));

  await concepts.actInTitle('Group Concepts by Tag');
  await concepts.waitFor('weather');
  await concepts.actInTitle('Find Concept');
  await palette.type('@denoised');
  await page.keyboard.press('Enter');
  await palette.waitUntilClosed();
  await shows(left);

  await workbench.showContainer('Explorer');
  await explorer.openFile('weights', 'dusk', file);
  tensors = await tensorsView.read(file);
  norms = await tensorsView.column('L2 norm');
  await workbench.showContainer('Denoised Weights');

  // The other panels lie hidden behind the last.
  await workbench.reload();
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

step('an open safetensors file is found again', async () => {
  const { tensorsView } = workbench;
  expect(await tensorsView.read(file)).toEqual(tensors);
  expect(await tensorsView.column('L2 norm')).toEqual(norms);
});

step('a run and every panel are found again, and the run is stopped', async () => {
  const { editor, runView, shownView, weightsView, translateView } = workbench;
  await workbench.view('Runs').waitFor(new RegExp(`${fineTuning}.*%`));
  await editor.showTab(`Translate: ${heldOutConcept}`);
  await translateView.waitFor(heldOutConcept);
  // Pictures, not the head alone; and the run that goes on is known to it.
  expect((await translateView.column('Denoised')).length).toBeGreaterThan(0);
  await shownView.waitForLiveRun('This view follows the run.');
  await editor.showTab(`Weights: ${heldOutConcept}`);
  await weightsView.waitFor(heldOutConcept);
  await shownView.waitForLiveRun('This view follows the run.');
  await editor.showTab(fineTuning);
  await runView.waitFor(heading, 'Running');
  fineTune();
  await runView.press('Stop');
  await runView.waitFor(heading, 'Stopped');
  await workbench.view('Runs').waitFor(new RegExp(`${fineTuning}.*stopped`));
});

step('an evaluation that goes on is found again, and stopped from the tree', async () => {
  const { editor, shownView, compareView } = workbench;
  await workbench.view('Runs').waitFor(new RegExp(`${evaluation}.*%`));
  await editor.showTab('Comparison');
  await compareView.waitFor(heldOutConcept);
  await shownView.waitForHeading('The evaluation is running');
  await shownView.waitForLiveRun('This view follows the run.');
  evaluate();
  await workbench.view('Runs').act(evaluation, 'Stop Run');
  await workbench.view('Runs').waitFor(new RegExp(`${evaluation}.*stopped`));
  expect(await shownView.notice('There is nothing to compare')).toContain('was stopped');
  await shownView.waitForNoLiveRun();
});

step('the concepts are grouped and filtered as before', async () => {
  const concepts = workbench.view('Concepts');
  await shows(left);
  await expect.poll(() => concepts.message(), patience).toBe('1 of 5 concepts match “@denoised”');
  await concepts.actInTitle('Clear Filter');
  await shows(['print', 'sepia', 'weather', 'fog', 'night', 'No tags', 'dusk', 'negative']);
});
