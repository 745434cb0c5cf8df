import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { copyExampleProject } from '../../scripts/example-project.mjs';
import { stepsIn } from './scenario.ts';
import { copyProject, heldOutConcept, latestRun, outcomeOf } from './trained-project.ts';
import { Workbench } from './workbench.ts';

let workbench: Workbench;
let trained: string;
let file: string;

const holdFolders = (...paths: string[]) =>
  writeFileSync(file, JSON.stringify({ folders: paths.map((path) => ({ path })) }));

/** A workspace file, opened by somebody who trusts nothing in it: over one project, and soon over another as well. */
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roots-'));
  copyExampleProject(join(folder, 'fresh'));
  trained = copyProject(inject('trainedProject'), join(folder, 'trained'));
  file = join(folder, 'both.code-workspace');
  holdFolders('fresh');
  workbench = await Workbench.open(file, { 'explorer.compactFolders': false }, { asksForTrust: true });
});
afterAll(() => workbench?.close());

const step = stepsIn(() => workbench);

step(
  'both projects of a workspace that is not trusted are looked at, and nothing is offered that would run',
  async () => {
    const { palette, menu } = workbench;
    await workbench.waitUntilRestricted();
    await workbench.showContainer('Denoised Weights');
    // While it starts the workbench now and then misses what is in the file, and reads it when it changes.
    holdFolders('fresh', 'trained');
    const concepts = workbench.view('Concepts');
    await concepts.waitFor(/^fresh/);
    await concepts.fold(/^fresh/);
    await concepts.waitFor(/^trained/);
    await concepts.waitFor(new RegExp(`${heldOutConcept}.*denoised`));
    expect(await palette.offered('Denoised Weights: Show Comparison')).toHaveLength(1);
    for (const command of ['Prepare Pairs', 'Fine-Tune Concept', 'Run Quickstart', 'Show Device Report'])
      expect(await palette.offered(`Denoised Weights: ${command}`), command).toEqual([]);
    await concepts.openMenu(new RegExp(`^${heldOutConcept}`));
    const entries = await menu.entries();
    await menu.close();
    expect(entries).toContain('Show Comparison');
    expect(entries).not.toContain('Fine-Tune Concept');
    expect(entries).not.toContain('Denoise Weights');
  },
);

step('what was made there is looked at; what needs the engine says why it is not shown', async () => {
  const { explorer, palette, runView, shownView, editor, tensorsView } = workbench;
  await workbench.view('Runs').open(`Denoise Weights: ${heldOutConcept}`);
  await runView.waitFor(`denoise ${heldOutConcept}`, 'Finished');

  await palette.run('Denoised Weights: Show Weight Statistics');
  await palette.choose('trained');
  await editor.waitForTab('Weights: ');
  expect(await shownView.notice('not trusted')).toContain('Nothing is executed');

  await palette.run('View: Show Explorer');
  await explorer.openFile('trained', 'weights', heldOutConcept, 'denoised.safetensors');
  expect(await shownView.notice('not trusted')).toContain('Nothing is executed');
  // The table is the header's, which is read without the engine.
  expect((await tensorsView.names('denoised.safetensors')).length).toBeGreaterThan(0);
  for (const norm of await tensorsView.column('L2 norm')) expect(norm.trim()).not.toMatch(/\d/);
});

step(
  'once it is trusted, values are read and stages offered; a command asks which project it is about',
  async () => {
    const { palette, tensorsView, editor } = workbench;
    await workbench.trust();
    await expect.poll(() => palette.offered('Denoised Weights: Fine-Tune Concept')).toHaveLength(1);
    await editor.showTab('denoised.safetensors');
    const norms = async () => {
      const column = await tensorsView.column('L2 norm');
      return column.length > 0 && column.every((norm) => Number(norm) > 0);
    };
    await expect.poll(norms).toBe(true);

    await workbench.showContainer('Denoised Weights');
    const before = latestRun(trained, 'denoise');
    await palette.run('Denoised Weights: Denoise Weights');
    await palette.waitForEntry('fresh');
    await palette.choose('trained');
    await palette.choose(heldOutConcept);
    await expect.poll(() => latestRun(trained, 'denoise')).not.toBe(before);
    await expect.poll(() => outcomeOf(trained, latestRun(trained, 'denoise'))).toBe('succeeded');
  },
);
