import { expect, inject, it } from 'vitest';
import { openWorkbench } from './scenario.ts';
import { copyProject, heldOutConcept, setFineTuneSteps } from './trained-project.ts';

it('evaluates a concept from its empty comparison, and compares the starts', async () => {
  const project = copyProject(inject('trainedProject'));
  setFineTuneSteps(project, 20);
  const workbench = await openWorkbench(project);
  const { palette, notifications, compareView, runView } = workbench;
  await workbench.showContainer('Denoised Weights');
  // The palette offers the project's commands once it has been read.
  await workbench.view('Concepts').waitFor(heldOutConcept);
  const label = `Evaluate Concept: ${heldOutConcept}`;

  await palette.run('Denoised Weights: Show Comparison');
  await compareView.waitFor(heldOutConcept);
  await compareView.press('Evaluate concept');
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*%`));
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*done`));
  // What says so would lie over the chart that is read from the screen.
  await notifications.waitFor(`${label}: done`);
  await palette.run('Notifications: Clear All Notifications');
  await notifications.waitForNone();

  expect((await compareView.chart()).deviation).toBeGreaterThan(1);
  expect(await compareView.compared()).toEqual([
    'Denoised weights',
    'Nearest zoo member',
    'Fresh LoRA on the base',
    'Pix2pix from scratch (reference)',
  ]);

  await workbench.view('Runs').open(label);
  await runView.waitFor(`evaluate ${heldOutConcept}`, 'Finished');
  await runView.press('Show comparison');
  await compareView.waitFor(heldOutConcept);
});
