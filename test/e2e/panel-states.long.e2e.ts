import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { copyExampleProject } from '../../scripts/example-project.mjs';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { FabricatedRun } from '../host/fabricated-run.ts';
import { readTheme, THEMES, type ThemeName } from '../webview/harness/themes.ts';
import { stepsIn } from './scenario.ts';
import { copyProject, failFineTuning, heldOutConcept, latestRun, prepareHeldOut } from './trained-project.ts';
import { Workbench } from './workbench.ts';

/** Of the workbench, by the name of the harness's copy. */
const THEME_NAMES: Record<ThemeName, string> = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Dark High Contrast',
};
const DENOISED = `weights/${heldOutConcept}/denoised.safetensors`;
const FINE_TUNED = `weights/${heldOutConcept}/fine-tuned.safetensors`;

/** What a panel may take to be loaded, on a machine that does other things too. */

/** As after a copy that was broken off: the last values are missing. */
function truncate(file: string): void {
  truncateSync(file, statSync(file).size - 100);
}

const about = { stage: 'collect', name: 'zoo', training: 'tiny.training.yaml' } as const;

let workbench: Workbench;
let trained: string;
/** Runs, told apart by their time: the tree shows the newest first. */
let dead: FabricatedRun;
let recordless: FabricatedRun;

/** One window over two projects, one fresh and one trained, in which several things have gone wrong. */
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'states-'));
  copyExampleProject(join(folder, 'fresh'));
  trained = copyProject(inject('trainedProject'), join(folder, 'trained'));
  await prepareHeldOut(trained);
  await failFineTuning(trained);
  copyFileSync(join(trained, DENOISED), join(trained, FINE_TUNED));
  truncate(join(trained, FINE_TUNED));
  dead = new FabricatedRun(trained, '20990101-000000-collect-zoo', about);
  dead.begin();
  dead.progress(3, 40);
  dead.die();
  recordless = new FabricatedRun(trained, '20990102-000000-collect-zoo', about);
  writeFileSync(join(recordless.folder, 'run.json'), '{"version":1,"id":');
  // Torn in its middle, and followed by what is no JSON.
  const events = join(trained, 'runs', latestRun(trained, 'train-base'), 'events.jsonl');
  const [first, second, ...others] = readFileSync(events, 'utf8').split('\n');
  writeFileSync(events, [first, second!.slice(0, 10), ...others].join('\n'));
  appendFileSync(events, '\0\0\0\0\n');

  workbench = await Workbench.open(folder, {
    'explorer.compactFolders': false,
  });
  await workbench.showContainer('Denoised Weights');
  // The palette offers the projects' commands once they have been read.
  await workbench.view('Runs').waitFor('Collect Zoo: zoo');
});
afterAll(() => workbench?.close());

const step = stepsIn(() => workbench);

step('without data, Weights and Translate say what comes first, and offer it', async () => {
  const { palette, shownView } = workbench;
  await palette.run('Denoised Weights: Show Weight Statistics');
  await palette.choose('fresh');
  const nothing = { message: 'No image pairs have been prepared yet.', buttons: ['Prepare Pairs'] };
  expect(await shownView.pending('No weights yet')).toEqual(nothing);
  await expect.poll(() => shownView.isFocused()).toBe(true);
  await palette.run('Denoised Weights: Show Translated Images');
  await palette.choose('fresh');
  expect(await shownView.pending('No translations yet')).toEqual(nothing);
  await expect.poll(() => shownView.isFocused()).toBe(true);
});

step('of truncated weights, Weights and Translate name the file and the remedy, and recover', async () => {
  const { palette, shownView, weightsView, translateView } = workbench;
  await palette.run('Denoised Weights: Show Translated Images');
  await palette.choose('trained');
  await translateView.waitFor(heldOutConcept);
  const told = await shownView.notice('truncated');
  expect(told).toContain(FINE_TUNED);
  expect(told).toContain('dnw fine-tune');
  // What is sound is shown all the same.
  expect((await translateView.column('Denoised')).length).toBeGreaterThan(0);
  await expect.poll(() => shownView.isFocused()).toBe(true);

  await palette.run('Denoised Weights: Show Weight Statistics');
  await palette.choose('trained');
  await weightsView.waitFor(heldOutConcept);
  await shownView.choose('Weights', 'fine-tuned');
  expect(await shownView.notice('The statistics could not be computed.')).toContain(FINE_TUNED);
  copyFileSync(join(trained, DENOISED), join(trained, FINE_TUNED));
  await shownView.waitUntilGone('The statistics could not be computed.');
  await weightsView.waitFor(heldOutConcept);
  truncate(join(trained, FINE_TUNED));
});

step('runs say how they ended, why, and what can be done', async () => {
  const { palette, shownView, runView } = workbench;
  const runs = workbench.view('Runs');
  await runs.open(recordless.id);
  const { message } = await shownView.pending('Cannot show run');
  expect(message).toContain(join(recordless.folder, 'run.json'));
  expect(message).toContain('delete its folder');

  await runs.open('Collect Zoo: zoo');
  await runView.waitFor('collect zoo', 'Interrupted');
  expect(await shownView.notice('The engine process ended without reporting why')).toContain('log');

  await runs.open(`Fine-Tune Concept: ${heldOutConcept}`);
  await runView.waitFor(`fine-tune ${heldOutConcept}`, 'Failed');
  const failure = await shownView.notice('The run failed.');
  expect(failure).toContain('base/tiny.safetensors');
  expect(failure).toContain('train-base');

  // Further down than the tree shows.
  await palette.run('Denoised Weights: Open Run');
  await palette.choose('Train Base Generator');
  await runView.waitFor('train-base', 'Finished');
  expect(await shownView.notice('damaged and skipped')).toMatch(/^Lines \d+, \d+ of events\.jsonl are/);
  for (const curve of await runView.curves()) expect(curve.deviation).toBeGreaterThan(1);
});

step('a run that has written nothing yet is waited for', async () => {
  const { shownView, runView } = workbench;
  const waiting = new FabricatedRun(trained, '20990103-000000-collect-zoo', about);
  await workbench.view('Runs').open(waiting.id);
  await shownView.waitForLoading('run');
  waiting.begin();
  waiting.progress(1, 40);
  await runView.waitFor('collect zoo', 'Running');
  waiting.finish('succeeded');
  await runView.waitFor('collect zoo', 'Finished');
  await expect.poll(() => shownView.isFocused()).toBe(true);
});

step('a comparison says that there is none yet, is under way, has failed, or is damaged', async () => {
  const { palette, shownView, compareView } = workbench;
  const evaluation = (id: string) =>
    new FabricatedRun(trained, id, {
      stage: 'evaluate',
      name: heldOutConcept,
      training: 'tiny.training.yaml',
      concept: `concepts/${heldOutConcept}.concept.yaml`,
    });
  await palette.run('Denoised Weights: Show Comparison');
  await palette.choose('trained');
  await compareView.waitFor(heldOutConcept);
  await shownView.waitForHeading(`No comparison of ${heldOutConcept} yet`);
  const failed = evaluation('20200101-000000-evaluate-dusk');
  failed.begin();
  failed.progress(1, 4);
  await shownView.waitForHeading('The evaluation is running');
  failed.finish('failed', 'out of memory');
  expect(await shownView.notice('There is nothing to compare')).toContain('failed: out of memory');
  const damaged = evaluation('20200102-000000-evaluate-dusk');
  damaged.begin();
  const result = join(damaged.folder, RUN_FILES.result);
  writeFileSync(result, '{"concept":');
  damaged.finish('succeeded');
  expect(await shownView.notice('The comparison cannot be shown.')).toContain(result);
});

step('a safetensors file opens from the explorer; a truncated one says what is wrong with it', async () => {
  const { palette, explorer, tensorsView, shownView } = workbench;
  await palette.run('View: Show Explorer');
  await explorer.openFile('trained', 'weights', heldOutConcept, 'denoised.safetensors');
  expect((await tensorsView.read('denoised.safetensors')).length).toBeGreaterThan(0);
  for (const norm of await tensorsView.column('L2 norm')) expect(Number(norm)).toBeGreaterThan(0);

  await explorer.openFile('trained', 'weights', heldOutConcept, 'fine-tuned.safetensors');
  const { message } = await shownView.pending('Cannot show tensors');
  expect(message).toContain(join(trained, FINE_TUNED));
  expect(message).toMatch(/truncated: .* end at byte \d+, but the file at \d+.*Make or copy it again/);
});

step('the themes that the webviews are tested in are the workbench’s', async () => {
  const { shownView } = workbench;
  for (const theme of THEMES) {
    await workbench.chooseTheme(THEME_NAMES[theme]);
    const wanted = Object.fromEntries(
      // Fonts are the machine's.
      Object.entries(readTheme(theme)).filter(([name]) => !/font/.test(name)),
    );
    await expect
      .poll(async () => {
        const variables = await shownView.themeVariables();
        return Object.fromEntries(Object.keys(wanted).map((name) => [name, variables[name]]));
      })
      .toEqual(wanted);
  }
});
