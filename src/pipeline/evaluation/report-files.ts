/** The report of an evaluation: tables in the log, and files in the run folder. */
import { join } from 'node:path';
import type { ImageSequence } from '../../data/image-sequence.ts';
import { writeWhole } from '../../project/disk/write-whole.ts';
import { toProjectPath } from '../../project/paths.ts';
import { METHODS } from '../../protocol/comparison.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { HeldOutImages } from '../metrics/held-out.ts';
import { SAMPLE_ROWS, writeSampleGrid } from '../metrics/sample-grid.ts';
import type { StageContext } from '../stage.ts';
import {
  type Comparison,
  comparisonCsv,
  comparisonSvg,
  comparisonTable,
  comparisonVerdict,
  startsTable,
} from './comparison.ts';
import type { Memorization } from './memorization.ts';
import { memorizationLines, memorizationSvg } from './memorization-report.ts';
import type { MethodResult } from './method-result.ts';

interface Report {
  readonly comparison: Comparison;
  readonly memorization: Memorization;
  readonly results: readonly MethodResult[];
  readonly heldOut: HeldOutImages;
}

/** Writes the table, plots and pictures to the run folder, and the tables to the log. */
export async function writeReport({ project, run }: StageContext, report: Report): Promise<void> {
  const { comparison, memorization, results, heldOut } = report;
  const { folder } = run;
  const plot = join(folder, 'memorization.svg');
  const csv = join(folder, 'comparison.csv');
  const svg = join(folder, 'comparison.svg');
  const starts = join(folder, RUN_FILES.samples, 'starts.png');
  const ends = join(folder, RUN_FILES.samples, 'ends.png');
  await writeWhole(plot, memorizationSvg(memorization));
  await writeWhole(csv, comparisonCsv(comparison));
  await writeWhole(svg, comparisonSvg(comparison));
  await writeSampleGrid(starts, heldOut, ...(await firstOf(results.map(({ start }) => start))));
  await writeSampleGrid(ends, heldOut, ...(await firstOf(results.map(({ end }) => end))));
  const columns = ['source', ...results.map(({ curve }) => METHODS[curve.method]), 'target'].join(' | ');
  const sample = (file: string, step: number, label: string) =>
    run.emit({
      type: 'sample',
      step,
      file: `${RUN_FILES.samples}/${file}`,
      label,
      concept: comparison.concept,
    });
  sample('starts.png', 0, `before training: ${columns}`);
  sample('ends.png', 1, `after training: ${columns}`);
  for (const message of reportLines(comparison, memorization)) {
    run.emit({ type: 'log', level: 'info', message });
  }
  for (const file of [csv, svg, starts, ends, plot]) {
    run.emit({
      type: 'artifact',
      kind: 'report',
      file: toProjectPath(project.folder, file),
      concept: comparison.concept,
    });
  }
}

function firstOf(sets: readonly ImageSequence[]): Promise<Float32Array[]> {
  return Promise.all(sets.map((images) => images.read(0, Math.min(SAMPLE_ROWS, images.count))));
}

function reportLines(comparison: Comparison, memorization: Memorization): string[] {
  return [
    '',
    'PSNR on held-out images before any training:',
    ...startsTable(comparison),
    '',
    `Training ${comparison.concept} from each start:`,
    ...comparisonTable(comparison),
    '',
    ...comparisonVerdict(comparison),
    '',
    'The denoised weights compared with the zoo:',
    ...memorizationLines(memorization),
  ];
}
