import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect } from 'vitest';
import { RUN_FILES } from '../../src/protocol/run.ts';
import { stepsIn } from './scenario.ts';
import { heldOutConcept, latestRun, setFineTuneSteps } from './trained-project.ts';
import { giveBackTrainedWindow, takeTrainedWindow } from './trained-window.ts';
import type { Workbench } from './workbench.ts';

/** Saves through the dialog of the palette and reads what was written. */
async function save(
  { compareView, palette }: Workbench,
  format: 'SVG' | 'PNG' | 'CSV',
  file: string,
): Promise<Buffer> {
  await compareView.save(format);
  await palette.saveAs(file);
  await compareView.waitForSaved(format);
  return readFileSync(file);
}

interface SavedPoint {
  steps: number;
  seconds: number;
  psnr: number;
  ssim: number;
  l1: number;
  patchFd: number;
}

/** What the latest evaluation has written into its run folder. */
function savedCurves(project: string): { method: string; points: SavedPoint[] }[] {
  const result = join(project, 'runs', latestRun(project, 'evaluate'), RUN_FILES.result);
  return JSON.parse(readFileSync(result, 'utf8')).result.comparison.curves;
}

let workbench: Workbench;
let project: string;

beforeAll(async () => {
  ({ workbench, project } = await takeTrainedWindow((copy) => setFineTuneSteps(copy, 20)));
});
afterAll(giveBackTrainedWindow);

const step = stepsIn(() => workbench);

step('evaluates a concept from its empty comparison, and compares the starts', async () => {
  const { notifications, palette, compareView, runView } = workbench;
  const label = `Evaluate Concept: ${heldOutConcept}`;

  await palette.run('Denoised Weights: Show Comparison');
  await compareView.waitFor(heldOutConcept);
  await compareView.press('Evaluate concept');
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*%`));
  await workbench.view('Runs').waitFor(new RegExp(`${label}.*finished`));
  // What says so would lie over the chart that is read from the screen.
  await notifications.waitFor(`${label}: finished in`);
  await notifications.clear();

  expect((await compareView.chart()).deviation).toBeGreaterThan(1);
  expect(await compareView.compared()).toEqual([
    'Denoised weights',
    'Nearest zoo member',
    'Fresh LoRA on the base',
    'Pix2pix from scratch (reference)',
  ]);

  const svg = await save(workbench, 'SVG', join(project, 'curves.svg'));
  // An XML parser of its own reads it: what is not well formed has no size.
  expect(await sharp(svg).metadata()).toMatchObject({ format: 'svg', width: 900, height: 480 });
  const titles = Array.from(svg.toString().matchAll(/<g><title>([^<]*)<\/title>/g), ([, title]) => title);
  expect(titles.toSorted()).toEqual([
    'Denoised weights',
    'Fresh LoRA on the base',
    'Nearest zoo member',
    'Pix2pix from scratch',
  ]);
  // Twice as large, and neither empty nor of one color.
  const png = sharp(await save(workbench, 'PNG', join(project, 'curves.png')));
  expect(await png.metadata()).toMatchObject({ format: 'png', width: 1800, height: 960 });
  expect(Math.max(...(await png.removeAlpha().stats()).channels.map(({ stdev }) => stdev))).toBeGreaterThan(
    5,
  );
  const csv = (await save(workbench, 'CSV', join(project, 'points.csv'))).toString().trimEnd().split('\n');
  expect(csv[0]).toBe('concept,method,steps,seconds,psnr,ssim,l1,patchFd');
  const measured = savedCurves(project).flatMap(({ method, points }) =>
    points.map(({ steps, seconds, psnr, ssim, l1, patchFd }) => [
      ...[heldOutConcept, method, steps, Math.round(1000 * seconds) / 1000, psnr, ssim, l1, patchFd],
    ]),
  );
  expect(measured.length).toBeGreaterThan(4);
  const rows = csv.slice(1).map((row) => {
    const [concept, method, ...numbers] = row.split(',');
    return [concept, method, ...numbers.map(Number)];
  });
  expect(rows).toEqual(measured);

  await workbench.view('Runs').open(label);
  await runView.waitFor(`evaluate ${heldOutConcept}`, 'Finished');
  await runView.press('Show comparison');
  await compareView.waitFor(heldOutConcept);
});
