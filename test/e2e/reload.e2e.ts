import { expect, inject, it, onTestFinished } from 'vitest';
import { openWorkbench } from './scenario.ts';
import {
  copyProject,
  endRuns,
  heldOutConcept,
  holdRun,
  latestRun,
  setFineTuneSteps,
} from './trained-project.ts';

/** Hours: the scenario ends it. */
const endlessSteps = 5_000_000;

it('finds a run and every panel again after the window was reloaded, and stops the run', async () => {
  const project = copyProject(inject('trainedProject'));
  setFineTuneSteps(project, endlessSteps);
  onTestFinished(() => endRuns(project));
  const workbench = await openWorkbench(project);
  const { palette, editor, runView, shownView, weightsView, translateView, compareView } = workbench;
  const heading = `fine-tune ${heldOutConcept}`;
  const label = `Fine-Tune Concept: ${heldOutConcept}`;
  const running = new RegExp(`${label}.*%`);
  await workbench.showContainer('Denoised Weights');
  // The palette offers the project's commands once it has been read.
  await workbench.view('Concepts').waitFor(new RegExp(`${heldOutConcept}.*denoised`));

  await palette.run('Denoised Weights: Fine-Tune Concept');
  await palette.choose(heldOutConcept);
  await workbench.view('Runs').waitFor(running);
  await workbench.view('Runs').open(label);
  await runView.waitFor(heading, 'Running');
  // It goes on, but leaves the processors to the window.
  const letGoOn = await holdRun(project, latestRun(project, 'fine-tune'));

  await palette.run('Denoised Weights: Show Weight Statistics');
  await weightsView.waitFor(heldOutConcept);
  await palette.run('Denoised Weights: Show Translated Images');
  await translateView.waitFor(heldOutConcept);
  await palette.run('Denoised Weights: Show Comparison');
  await compareView.waitFor(heldOutConcept);

  // The other panels lie hidden behind the last.
  await workbench.reload();
  await workbench.view('Runs').waitFor(running);
  await compareView.waitFor(heldOutConcept);
  await editor.showTab(`Translate: ${heldOutConcept}`);
  await translateView.waitFor(heldOutConcept);
  // Pictures, not the head alone; and the run that goes on is known to it.
  expect((await translateView.column('Denoised')).length).toBeGreaterThan(0);
  await shownView.waitForLiveRun('This view follows the run.');
  await editor.showTab(`Weights: ${heldOutConcept}`);
  await weightsView.waitFor(heldOutConcept);
  await shownView.waitForLiveRun('This view follows the run.');
  await editor.showTab(label);
  await runView.waitFor(heading, 'Running');
  letGoOn();
  await runView.press('Stop');
  await runView.waitFor(heading, 'Stopped');
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*stopped`));
});

it('finds an evaluation that goes on and an open safetensors file again after a reload', async () => {
  const project = copyProject(inject('trainedProject'));
  setFineTuneSteps(project, endlessSteps);
  onTestFinished(() => endRuns(project));
  const workbench = await openWorkbench(project);
  const { palette, explorer, editor, shownView, compareView, tensorsView } = workbench;
  const file = 'denoised.safetensors';
  const label = `Evaluate Concept: ${heldOutConcept}`;
  const running = new RegExp(`${label}.*%`);
  await explorer.expand('weights');
  await explorer.expand(heldOutConcept);
  await explorer.open(file);
  const tensors = await tensorsView.read(file);
  const norms = await tensorsView.column('L2 norm');
  await workbench.showContainer('Denoised Weights');
  // The palette offers the project's commands once it has been read.
  await workbench.view('Concepts').waitFor(heldOutConcept);
  await palette.run('Denoised Weights: Show Comparison');
  await compareView.waitFor(heldOutConcept);
  await compareView.press('Evaluate concept');
  await workbench.view('Runs').waitFor(running);
  await shownView.waitForHeading('The evaluation is running');
  // It goes on, but leaves the processors to the window.
  const letGoOn = await holdRun(project, latestRun(project, 'evaluate'));

  await workbench.reload();
  await workbench.view('Runs').waitFor(running);
  await compareView.waitFor(heldOutConcept);
  await shownView.waitForHeading('The evaluation is running');
  await shownView.waitForLiveRun('This view follows the run.');
  await editor.showTab(file);
  expect(await tensorsView.read(file)).toEqual(tensors);
  expect(await tensorsView.column('L2 norm')).toEqual(norms);
  await editor.showTab('Comparison');
  letGoOn();
  await workbench.view('Runs').act(label, 'Stop Run');
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*stopped`));
  expect(await shownView.notice('There is nothing to compare')).toContain('was stopped');
  await shownView.waitForNoLiveRun();
});
