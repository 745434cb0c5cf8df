import { textTable } from '../pipeline/evaluation/text-table.ts';
import type { Published } from '../pipeline/scale/published.ts';
import { type ScaleFigure, type StageScale, trainingScale } from '../pipeline/scale/training-scale.ts';
import type { LoadedTraining, Project } from '../project/load.ts';

/** The scale of a training as two tables, or as one line of JSON. */
export async function describeScale(
  project: Project,
  training: LoadedTraining,
  json: boolean,
): Promise<string> {
  const { figures, stages } = await trainingScale(project, training);
  if (json) return `${JSON.stringify({ training: training.name, figures, stages })}\n`;
  const lines = [
    ...textTable([training.name, 'here', 'published', 'by'], figures.map(figureRow), [0, 3]),
    '',
    ...textTable(
      ['stage', 'steps', 'batch', 'epochs', 'published', 'GFLOP per step', 'total FLOP', 'published'],
      stages.map(stageRow),
    ),
    '',
    'FLOP: a multiplication and its addition count as two; only convolutions and matrix products are counted.',
    `Epochs: with image.train (${training.config.image.train}) images per concept; for the weight denoiser, over the zoo's blocks.`,
    '-: not published, or the config differs from preset:paper in a setting that determines the number.',
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

const NONE = '-';
const gigaflop = (flop: number) => (flop / 1e9).toFixed(flop < 1e10 ? 3 : 1);
const grouped = (count: number) => count.toLocaleString('en');
const short = (value: number | undefined) => value?.toExponential(1).replace('+', '') ?? NONE;
/** Published parameters are rounded to thousands: 0.092 M. */
const count = (value: number) => (value >= 10_000 ? `${value / 1e6} M` : grouped(value));

function figureRow({ what, value, unit, published }: ScaleFigure): string[] {
  return [
    what,
    unit === 'FLOP' ? `${gigaflop(value)} GFLOP` : grouped(value),
    published ? count(published.value) : NONE,
    published?.source ?? NONE,
  ];
}

function stageRow(scale: StageScale): string[] {
  const { stage, what, steps, batchSize, epochs, publishedEpochs, flopPerStep, flop, publishedFlop } = scale;
  const of = (published: Published | undefined) => published?.value;
  return [
    `${stage}: ${what}`,
    grouped(steps),
    String(batchSize),
    Number.isFinite(epochs) ? String(Number(epochs.toFixed(epochs < 10 ? 1 : 0))) : NONE,
    String(of(publishedEpochs) ?? NONE),
    gigaflop(flopPerStep),
    short(flop),
    short(of(publishedFlop)),
  ];
}
