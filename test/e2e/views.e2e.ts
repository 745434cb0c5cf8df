import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { openWorkbench } from './scenario.ts';
import { copyProject, heldOutConcept } from './trained-project.ts';

/** `run.json` of the runs that prepared one concept. */
function preparedConcepts(project: string): string[] {
  const runs = join(project, 'runs');
  return readdirSync(runs)
    .filter((name) => name.includes('-prepare-'))
    .flatMap((name) => JSON.parse(readFileSync(join(runs, name, 'run.json'), 'utf8')).concept ?? [])
    .sort();
}

it('groups, finds and selects concepts, and prepares those that are selected one after the other', async () => {
  const project = copyProject(inject('trainedProject'));
  const workbench = await openWorkbench(project);
  const { palette, notifications } = workbench;
  await workbench.showContainer('Denoised Weights');
  const concepts = workbench.view('Concepts');
  await concepts.waitFor(new RegExp(`${heldOutConcept}.*denoised`));

  await concepts.actInTitle('Group Concepts by Tag');
  await concepts.waitFor('No tags');
  await concepts.actInTitle('List Concepts by Name');
  await concepts.waitUntilGone('No tags');

  await concepts.actInTitle('Find Concept');
  await concepts.find('sepia');
  await workbench.page.keyboard.press('Escape');

  await concepts.select(/^fog/, /^night/);
  await concepts.actInMenu(/^night/, 'Prepare Pairs');
  const runs = workbench.view('Runs');
  await runs.waitFor(/Prepare Pairs: fog.*done/);
  await runs.waitFor(/Prepare Pairs: night.*done/);
  expect(preparedConcepts(project)).toEqual(['concepts/fog.concept.yaml', 'concepts/night.concept.yaml']);

  await palette.run('Notifications: Clear All Notifications');
  await notifications.waitForNone();
  await palette.run('Denoised Weights: Describe Training Config');
  await workbench.editor.waitForTab('described.txt');
});
