import { readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../src/data/safetensors.ts';
import { FabricatedRun } from '../host/fabricated-run.ts';
import { stepsIn } from './scenario.ts';
import { failFineTuning, heldOutConcept, prepareHeldOut } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

const DENOISED = `weights/${heldOutConcept}/denoised.safetensors`;
const MAP = 'Map of the blocks';

/** What a panel may take to draw, on a machine that does other things too. */

let workbench: Workbench;
let project: string;

/** One window over a trained project, whose last fine-tuning has failed. */
beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow(async (copy) => {
    await prepareHeldOut(copy);
    await failFineTuning(copy);
  }));
  await writeTensors('first', { same: [3, 4], changed: [1, 2], 'only here': [1] });
  await writeTensors('second', { same: [3, 4], changed: [1, 4] });
  await writeTensors('empty', {});
  await writeTensors('replaced', { before: [3, 4] });
  await workbench.resize(1280, 1000);
  // The palette offers the project's commands once it has been read.
  await workbench.view('Runs').waitFor(new RegExp(`Fine-Tune Concept: ${heldOutConcept}.*failed`));
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

async function writeTensors(name: string, tensors: Record<string, number[]>): Promise<void> {
  const written = Object.entries(tensors).map(
    ([tensor, values]) => [tensor, { shape: [values.length], data: Float32Array.from(values) }] as const,
  );
  await writeSafetensors(join(project, `${name}.safetensors`), new Map(written));
}

/** The zoo's members by their distance from the denoised weights, computed as the view says that it does. */
async function zooDistances(): Promise<{ concept: string; distance: number }[]> {
  const [base] = readdirSync(join(project, 'zoo'));
  const folder = join(project, 'zoo', base!);
  const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  const files = await Promise.all(names.map((name) => readSafetensors(join(folder, name))));
  const members = files.map(({ tensors }) => Array.from(tensors.get('checkpoint.0')!.data, Number));
  // A member is one tensor, of those that its layout names one after the other.
  const layout: { entries: { name: string }[] } = JSON.parse(files[0]!.metadata.layout!);
  const { tensors } = await readSafetensors(join(project, DENOISED));
  const own = layout.entries.flatMap(({ name }) => Array.from(tensors.get(name)!.data, Number));

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const zooMean = own.map((_, i) => mean(members.map((member) => member[i]!)));
  const deviation = own.map((_, i) =>
    Math.sqrt(mean(members.map((member) => (member[i]! - zooMean[i]!) ** 2))),
  );
  // What all members have alike says nothing.
  const varies = (i: number) => deviation[i]! > 1e-7 * Math.abs(zooMean[i]!);
  return members
    .map((member, row) => ({
      concept: basename(names[row]!, '.safetensors'),
      distance: Math.sqrt(
        mean(own.map((value, i) => (varies(i) ? ((value - member[i]!) / deviation[i]!) ** 2 : 0))),
      ),
    }))
    .sort((a, b) => a.distance - b.distance);
}

step('after a failed fine-tuning, Weights shows what was denoised, and no run', async () => {
  const { palette, shownView, weightsView } = workbench;
  await palette.run('Denoised Weights: Show Weight Statistics');
  await weightsView.waitFor(heldOutConcept);
  expect(await shownView.chosen('Weights')).toBe('denoised');
  await shownView.waitForNoLiveRun();
  expect(await shownView.notices()).toEqual([]);
});

step('the map of the blocks is drawn, and walked by the arrow keys', async () => {
  const { weightsView } = workbench;
  const { marks, picture } = await weightsView.chart(MAP);
  expect(marks).toBeGreaterThan(4);
  expect(picture.deviation).toBeGreaterThan(5);
  expect(await weightsView.mapReadOut(MAP)).toBe(
    'Point at a block or use the arrow keys to read its values; click or press Enter to show its histogram.',
  );
  const untouched = await weightsView.mapDrawing(MAP);
  await weightsView.walkMap(MAP, 'Home');
  await expect
    .poll(() => weightsView.mapReadOut(MAP))
    .toMatch(/^Block 0, .+: root mean square [\d.e-]+, zoo /);
  const first = await weightsView.mapDrawing(MAP);
  expect(first).not.toBe(untouched);
  await weightsView.walkMap(MAP, 'ArrowDown');
  await expect.poll(() => weightsView.mapReadOut(MAP)).toMatch(/^Block [1-9]\d*, /);
  expect(await weightsView.mapDrawing(MAP)).not.toBe(first);
  await weightsView.walkMap(MAP, 'ArrowUp');
  await expect.poll(() => weightsView.mapReadOut(MAP)).toMatch(/^Block 0, /);
  expect(await weightsView.mapDrawing(MAP)).toBe(first);
});

step('Enter on a block of the map shows its histogram over the zoo’s', async () => {
  const { weightsView } = workbench;
  await weightsView.walkMap(MAP, 'End');
  await weightsView.walkMap(MAP, 'Enter');
  const [, block] = /^Block (\d+), /.exec(await weightsView.mapReadOut(MAP))!;
  const { marks, picture } = await weightsView.chart(`Block ${block}`);
  expect(marks).toBeGreaterThan(3);
  expect(picture.deviation).toBeGreaterThan(1);
});

step('denoising is drawn once more, and gone through from noise to the very weights', async () => {
  const { weightsView } = workbench;
  await weightsView.denoise(8);
  await weightsView.waitForState('weights, after step 8 of 8, timestep 0, distance to the weights 0');
  const looks = async () => [
    await weightsView.plot('Distribution of the state'),
    await weightsView.plot('Path across the zoo’s map'),
    await weightsView.plot('Distance to the final weights'),
  ];
  const weights = await looks();
  await weightsView.goToState('Home');
  await weightsView.waitForState('noise, timestep 1, distance to the weights ');
  await expect.poll(async () => (await looks()).filter((look, chart) => look === weights[chart])).toEqual([]);
  await weightsView.goToState('ArrowRight');
  await weightsView.waitForState('after step 1 of 8, timestep 0.875, distance to the weights ');
  await weightsView.goToState('End');
  await expect.poll(looks).toEqual(weights);
});

step('the nearest zoo members are listed by their distance', async () => {
  const { weightsView } = workbench;
  const shown = await weightsView.nearest();
  const computed = await zooDistances();
  expect(shown.map(({ concept }) => concept)).toEqual(computed.map(({ concept }) => concept));
  for (const [row, { distance }] of shown.entries())
    expect(Math.abs(Number(distance) - computed[row]!.distance), distance).toBeLessThan(0.0051);
});

step('a run at work is told in Weights and in Translate, until it has failed', async () => {
  const { palette, editor, shownView, weightsView, translateView } = workbench;
  const run = new FabricatedRun(project, '20990101-000000-fine-tune-dusk', {
    stage: 'fine-tune',
    name: heldOutConcept,
    training: 'tiny.training.yaml',
    concept: `concepts/${heldOutConcept}.concept.yaml`,
  });
  run.begin();
  run.progress(3, 40);
  await shownView.waitForLiveRun('fine-tuning: 3 of 40, 37 s left. This view follows the run.');
  await palette.run('Denoised Weights: Show Translated Images');
  await translateView.waitFor(heldOutConcept);
  await shownView.waitForLiveRun('fine-tuning: 3 of 40, 37 s left.');
  run.progress(4, 40);
  await shownView.waitForLiveRun('fine-tuning: 4 of 40, 36 s left.');

  run.finish('failed', 'out of memory');
  await shownView.waitForNoLiveRun();
  expect((await translateView.column('Denoised')).length).toBeGreaterThan(0);
  expect(await translateView.titles()).not.toContain('Fine-tuned');
  expect(await shownView.notices()).toEqual([]);
  await editor.showTab(`Weights: ${heldOutConcept}`);
  await weightsView.waitFor(heldOutConcept);
  await shownView.waitForNoLiveRun();
  expect(await shownView.chosen('Weights')).toBe('denoised');
});

step('two files are compared from the explorer, tensor by tensor', async () => {
  const { palette, explorer, editor, tensorsView } = workbench;
  await palette.run('View: Show Explorer');
  await explorer.select('first.safetensors', 'second.safetensors');
  await explorer.actInMenu('first.safetensors', 'Compare Tensors with...');
  await editor.waitForTab('first.safetensors');
  expect(await tensorsView.compared('second.safetensors')).toBe('1 of 2 tensors in both files differ.');
  // (1, 2) and (1, 4): they are 2 apart, 2 / √5 of the first; their cosine is 9 / √85.
  expect(await tensorsView.differences()).toEqual([
    ['changed', '2', '0.894', '0.976187', '0'],
    ['same', '0', '0', '1.000000', '0'],
  ]);
  expect(await tensorsView.unmatched()).toEqual(['Only in this file: 1\nonly here']);
});

step('a safetensors file without tensors says that it has none', async () => {
  const { explorer, tensorsView, shownView } = workbench;
  await explorer.openFile('empty.safetensors');
  expect(await tensorsView.read('empty.safetensors')).toEqual([]);
  expect(await tensorsView.summary()).toMatch(/, 0 tensors, 0 values$/);
  expect(await shownView.notices()).toEqual([]);
});

step('a file that is replaced while it is open is read again', async () => {
  const { explorer, tensorsView } = workbench;
  const file = 'replaced.safetensors';
  await explorer.openFile(file);
  expect(await tensorsView.read(file)).toEqual(['before']);
  expect(await tensorsView.column('L2 norm')).toEqual(['5']);
  await writeTensors('coming', { after: [5, 12], 'another one': [0, 8, 15] });
  renameSync(join(project, 'coming.safetensors'), join(project, file));
  await expect.poll(() => tensorsView.read(file)).toEqual(['after', 'another one']);
  await expect.poll(() => tensorsView.column('L2 norm')).toEqual(['13', '17']);
});
