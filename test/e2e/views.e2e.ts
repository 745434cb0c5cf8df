import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { FabricatedRun } from '../host/fabricated-run.ts';
import { stepsIn } from './scenario.ts';
import { tagConcepts } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

/** `run.json` of the runs that prepared one concept. */
function preparedConcepts(project: string): string[] {
  const runs = join(project, 'runs');
  return readdirSync(runs)
    .filter((name) => name.includes('-prepare-'))
    .flatMap((name) => JSON.parse(readFileSync(join(runs, name, 'run.json'), 'utf8')).concept ?? [])
    .sort();
}

/** Process ids of the engines that answer the windows of an installation. */
async function warmEngines(extensions: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(extensions) && /dnw\.mjs serve\b/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

let workbench: Workbench;
let project: string;
/** Above those of the training: they are newer. */
let interrupted: FabricatedRun;
let finished: FabricatedRun;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow(tagConcepts));
  const training = 'tiny.training.yaml';
  interrupted = new FabricatedRun(project, '20990101-000000-collect-zoo', {
    stage: 'collect',
    name: 'broken-off',
    training,
  });
  interrupted.begin();
  interrupted.progress(3, 40);
  interrupted.die();
  finished = new FabricatedRun(project, '20990102-000000-collect-zoo', {
    stage: 'collect',
    name: 'whole',
    training,
  });
  finished.begin();
  finished.finish('succeeded');
  await workbench.view('Runs').waitFor(/whole.*finished/);
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

step('concepts are grouped by their tags, and listed by name again', async () => {
  const concepts = workbench.view('Concepts');
  const byName = ['dusk', 'fog', 'negative', 'night', 'sepia'];
  await expect.poll(() => concepts.labels()).toEqual(byName);
  await concepts.actInTitle('Group Concepts by Tag');
  await concepts.waitFor('No tags');
  const byTag = ['print', 'sepia', 'weather', 'fog', 'night', 'No tags', 'dusk', 'negative'];
  await expect.poll(() => concepts.labels()).toEqual(byTag);
  await concepts.fold('weather');
  await expect
    .poll(() => concepts.labels())
    .toEqual(['print', 'sepia', 'weather', 'No tags', 'dusk', 'negative']);
  await concepts.actInTitle('List Concepts by Name');
  await expect.poll(() => concepts.labels()).toEqual(byName);
});

step('what a run’s menu and buttons offer goes by its state', async () => {
  const { menu } = workbench;
  const runs = workbench.view('Runs');
  await runs.openMenu('whole');
  const ofFinished = await menu.entries();
  await menu.close();
  expect(ofFinished).toContain('Delete Run');
  expect(ofFinished).not.toContain('Stop Run');
  expect(ofFinished).not.toContain('Resume Run');
  await runs.openMenu('broken-off');
  const ofInterrupted = await menu.entries();
  await menu.close();
  expect(ofInterrupted).toEqual(expect.arrayContaining(['Resume Run', 'Delete Run']));
  expect(ofInterrupted).not.toContain('Stop Run');
  expect(await runs.buttonsOf('whole')).toEqual(['Show Run Log']);
  expect(await runs.buttonsOf('broken-off')).toEqual(['Resume Run', 'Show Run Log']);
});

step(
  'a run that is at work offers Stop, in its menu and in the palette; afterwards neither does',
  async () => {
    const { menu, palette } = workbench;
    const runs = workbench.view('Runs');
    const active = new FabricatedRun(project, '20990103-000000-collect-zoo', {
      stage: 'collect',
      name: 'at-work',
      training: 'tiny.training.yaml',
    });
    active.begin();
    active.progress(1, 40);
    await runs.waitFor(/at-work.*%/);
    await runs.openMenu('at-work');
    const entries = await menu.entries();
    await menu.close();
    expect(entries).toContain('Stop Run');
    expect(entries).not.toContain('Delete Run');
    await palette.run('Denoised Weights: Stop Run');
    await expect.poll(() => active.stopAsked).toBe(true);
    active.finish('stopped');
    await runs.waitFor(/at-work.*stopped/);
    expect(await palette.offered('Denoised Weights: Stop Run')).toEqual([]);
  },
);

step('the device list says what does not work here and why; what is chosen is set', async () => {
  const { palette, dialog, page } = workbench;
  await palette.run('Denoised Weights: Select Device');
  await palette.waitForEntry('cpu');
  const cuda = await palette.entry('cuda');
  // The name, and more than that: the reason.
  expect(cuda.replace(/^\W*cuda\W*/, '').length).toBeGreaterThan(20);
  await palette.choose('cuda');
  expect(await dialog.text('cuda does not work on this machine')).toContain('every run would fail');
  await page.keyboard.press('Escape');
  await dialog.waitUntilClosed();

  await palette.run('Denoised Weights: Select Device');
  await palette.chooseNamed('cpu');
  const settings = join(project, '.vscode', 'settings.json');
  await expect
    .poll(() => {
      try {
        return JSON.parse(readFileSync(settings, 'utf8'))['denoisedWeights.device'];
      } catch {
        return undefined;
      }
    })
    .toBe('cpu');
});

step('the device report names the device that is used, and the engine is restarted when asked', async () => {
  const { palette, editor, profile } = workbench;
  const report = async (): Promise<number[]> => {
    await palette.run('Denoised Weights: Show Device Report');
    await editor.waitForTab('Device report.md');
    await editor.line('Selected device: **cpu**').waitFor();
    await editor.line('| cpu | ✓ |').waitFor();
    await palette.run('View: Close Editor');
    await editor.waitUntilClosed('Device report.md');
    return warmEngines(profile.extensions);
  };
  const [before, ...others] = await report();
  expect([typeof before, others]).toEqual(['number', []]);
  await palette.run('Denoised Weights: Restart Engine');
  await expect.poll(() => warmEngines(profile.extensions)).not.toContain(before);
  expect(await report()).toHaveLength(1);
});

step('a stage on several selected concepts goes through them one after the other', async () => {
  const { palette, notifications, editor } = workbench;
  const concepts = workbench.view('Concepts');
  await concepts.select(/^fog/, /^night/);
  await concepts.actInMenu(/^night/, 'Prepare Pairs');
  const runs = workbench.view('Runs');
  await runs.waitFor(/Prepare Pairs: fog.*finished/);
  await runs.waitFor(/Prepare Pairs: night.*finished/);
  expect(preparedConcepts(project)).toEqual(['concepts/fog.concept.yaml', 'concepts/night.concept.yaml']);

  await notifications.clear();
  await palette.run('Denoised Weights: Describe Training Config');
  await editor.waitForTab('described.txt');
});
