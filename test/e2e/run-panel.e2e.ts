import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse } from 'yaml';
import { FabricatedRun } from '../host/fabricated-run.ts';
import { stepsIn } from './scenario.ts';
import { heldOutConcept, latestRun, setFineTuneSteps } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

/** Hours: the scenario ends it. */
const endlessSteps = 5_000_000;
const mebibyte = 2 ** 20;
const chart = 'L1 loss';

/** What a panel may take to draw, on a machine that does other things too. */

let workbench: Workbench;
let project: string;
/** The run that is followed, and one that has ended. */
let run: FabricatedRun;
let earlier: FabricatedRun;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow());
  const training = 'tiny.training.yaml';
  earlier = new FabricatedRun(project, '20990101-000000-quickstart-tiny', {
    stage: 'quickstart',
    name: 'earlier',
    training,
  });
  earlier.begin();
  for (const step of [10, 20, 30, 40]) measure(earlier, step, 0.9);
  earlier.finish('succeeded');
  run = new FabricatedRun(project, '20990102-000000-quickstart-tiny', {
    stage: 'quickstart',
    name: 'followed',
    training,
  });
  run.begin();
  await workbench.resize(1280, 1000);
  await workbench.view('Runs').open('Quickstart: followed');
  await workbench.runView.waitFor('quickstart followed', 'Running');
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

function measure(of: FabricatedRun, at: number, value: number): void {
  of.emit({ type: 'metrics', step: at, seconds: at / 10, values: { 'loss/l1': value } });
}

/** Writes a sample of one color and has the run tell of it. */
async function sample(at: number, background: string): Promise<void> {
  const file = `samples/step-${at}.png`;
  const path = join(run.folder, file);
  mkdirSync(dirname(path), { recursive: true });
  await sharp({ create: { width: 64, height: 32, channels: 3, background } }).toFile(path);
  run.emit({ type: 'sample', step: at, file, label: 'source, translated, target' });
}

step('stage, time left, device and memory appear as the run tells of them', async () => {
  const { runView } = workbench;
  run.emit({ type: 'stage', stage: 'collect', index: 1, total: 5, title: 'Collect LoRA weights of the zoo' });
  await runView.waitForPart('1 of 5 · Collect LoRA weights of the zoo');
  const device = { device: 'cpu', executor: 'onnxruntime', threads: 2, reason: 'no GPU was found' } as const;
  run.emit({ type: 'device', ...device });
  await runView.waitForFact('Device', 'no GPU was found');
  run.emit({
    type: 'progress',
    message: 'collecting fog (2 of 4)',
    done: 2,
    total: 4,
    unit: 'concepts',
    etaSeconds: 90,
    memory: { resident: 300 * mebibyte, peak: 412 * mebibyte },
  });
  await runView.waitForProgress('collecting fog (2 of 4)');
  await runView.waitForProgress('2 of 4 concepts, 1 min 30 s left');
  await runView.waitForFact('Engine memory', '300 MiB, peak 412 MiB');
});

step('a curve begins with the first measured step and grows with every other', async () => {
  const { runView } = workbench;
  measure(run, 10, 0.8);
  await runView.waitForReadOut(chart, 'Latest: 0.8');
  const begun = await runView.drawing(chart);
  for (const [at, value] of [
    [20, 0.2],
    [30, 0.7],
    [40, 0.1],
  ] as const)
    measure(run, at, value);
  await runView.waitForReadOut(chart, 'Latest: 0.1');
  await expect.poll(() => runView.drawing(chart)).not.toBe(begun);
});

step('smoothing and a logarithmic scale change what is drawn, and give it back', async () => {
  const { runView, shownView } = workbench;
  const smoothed = await runView.drawing(chart);
  await shownView.choose('Smoothing of losses', 'None');
  await expect.poll(() => runView.drawing(chart)).not.toBe(smoothed);
  const plain = await runView.drawing(chart);
  await runView.switchTo('Logarithmic losses', true);
  await expect.poll(() => runView.drawing(chart)).not.toBe(plain);
  expect(await runView.drawing(chart)).not.toBe(smoothed);
  await runView.switchTo('Logarithmic losses', false);
  await expect.poll(() => runView.drawing(chart)).toBe(plain);
  await shownView.choose('Smoothing of losses', 'Moving average 0.8');
  await expect.poll(() => runView.drawing(chart)).toBe(smoothed);
});

step('a second run is laid over the first, named with what it comes to, and taken away', async () => {
  const { palette, runView } = workbench;
  const alone = await runView.drawing(chart);
  expect(await runView.overlaid()).toEqual([]);
  await runView.press('Overlay another run…');
  await palette.chooseSeveral(earlier.id);
  await expect.poll(() => runView.overlaid()).toEqual(['followed', 'earlier']);
  expect(await runView.compared(chart)).toEqual([
    ['followed', '0.1'],
    ['earlier', '0.9'],
  ]);
  await expect.poll(() => runView.drawing(chart)).not.toBe(alone);
  await runView.press('Remove earlier');
  await expect.poll(() => runView.overlaid()).toEqual([]);
  await expect.poll(() => runView.drawing(chart)).toBe(alone);
});

step('samples are scrubbed over time by the keyboard, and the newest is followed', async () => {
  const { runView } = workbench;
  await sample(10, '#ff0000');
  await sample(20, '#00ff00');
  await sample(30, '#0000ff');
  await runView.waitForSample('3 of 3: step 30');
  await expectSample(30, [0, 0, 255]);
  await runView.scrubSamples('ArrowLeft');
  await runView.waitForSample('2 of 3: step 20');
  await expectSample(20, [0, 255, 0]);
  await runView.scrubSamples('Home');
  await runView.waitForSample('1 of 3: step 10');
  await expectSample(10, [255, 0, 0]);
  // What has been chosen stays, whatever comes.
  await sample(40, '#ffffff');
  await runView.waitForSample('1 of 4: step 10');
  await expectSample(10, [255, 0, 0]);
  await runView.press('Follow the latest');
  await runView.waitForSample('4 of 4: step 40');
  await expectSample(40, [255, 255, 255]);
});

/** Waits until the large sample has this color; what stands above it names its step. */
async function expectSample(at: number, color: readonly [number, number, number]): Promise<void> {
  const { runView } = workbench;
  const rounded = async () => (await runView.sample()).picture.mean.map((value) => Math.round(value));
  await expect.poll(rounded).toEqual(color);
  expect((await runView.sample()).caption).toBe(`Step ${at} source, translated, target`);
}

step('the log grows, and is narrowed to warnings', async () => {
  const { runView, shownView } = workbench;
  run.emit({ type: 'log', level: 'info', message: 'reading 7 images' });
  run.emit({ type: 'log', level: 'warning', message: 'one image is cut off' });
  await expect.poll(() => runView.log()).toEqual(['reading 7 images', 'one image is cut off']);
  await shownView.choose('Level', 'Warnings and errors');
  await expect.poll(() => runView.log()).toEqual(['one image is cut off']);
  run.finish('succeeded');
  await runView.waitFor('quickstart followed', 'Finished');
});

step('the resolved config has what was written and every default', async () => {
  const { palette, runView } = workbench;
  await palette.run('Denoised Weights: Open Run');
  await palette.choose('Train Base Generator');
  await runView.waitFor('train-base', 'Finished');
  const shown = parse(await runView.resolvedConfig());
  const record = join(project, 'runs', latestRun(project, 'train-base'), 'run.json');
  expect(shown).toEqual(JSON.parse(readFileSync(record, 'utf8')).config);
  expect(shown).toMatchObject({ image: { size: 32, train: 7, test: 4 }, base: { steps: 40 }, seed: 1 });
});

step('a run is stopped from the tree, and resumed and stopped from its panel', async () => {
  const { palette, runView } = workbench;
  const runs = workbench.view('Runs');
  const label = `Fine-Tune Concept: ${heldOutConcept}`;
  const heading = `fine-tune ${heldOutConcept}`;
  setFineTuneSteps(project, endlessSteps);
  await palette.run('Denoised Weights: Fine-Tune Concept');
  await palette.choose(heldOutConcept);
  await runs.waitFor(new RegExp(`${label}.*%`));
  await runs.open(label);
  await runView.waitFor(heading, 'Running');
  await runs.act(label, 'Stop Run');
  await runView.waitFor(heading, 'Stopped');
  await runView.press('Resume');
  await runView.waitFor(heading, 'Running');
  await runs.waitFor(new RegExp(`${label}.*%`));
  await runView.press('Stop');
  await runView.waitFor(heading, 'Stopped');
  const events = readFileSync(join(project, 'runs', latestRun(project, 'fine-tune'), 'events.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.filter(({ type }) => type === 'started').map(({ resumed }) => resumed)).toEqual([
    false,
    true,
  ]);
  expect(events.filter(({ type }) => type === 'finished').map(({ status }) => status)).toEqual([
    'stopped',
    'stopped',
  ]);
});
