/** The measurements as standalone SVGs. */
import * as Plot from '@observablehq/plot';
import { standaloneSvg } from '../../src/pipeline/evaluation/plot-svg.ts';
import type { CurvePoint } from './curve.ts';
import type { MethodReport } from './report.ts';
import { median } from './statistics.ts';
import { START_NAMES, type StartName } from './work.ts';

/** Colors that can be distinguished with any kind of color vision (Okabe and Ito 2008). */
const COLORS = {
  'Denoised start': '#0072b2',
  'Fresh LoRA on the base (E2GAN)': '#00795a',
  'Nearest zoo member': '#b0538a',
  'Pix2pix, tuned': '#c14e00',
  'Pix2pix, tuned, with Muon': '#8a6d00',
  'Pix2pix, standard': '#3d3d3d',
};
type Name = keyof typeof COLORS;

function svgOf(title: string, options: Plot.PlotOptions): string {
  return standaloneSvg({ width: 760, marginLeft: 56, marginBottom: 46, ...options }, title);
}

/** Median quality over seconds of training. */
export function curvesSvg({ cases, milliseconds }: MethodReport): string {
  const lines: { name: Name; seconds: number; psnr: number }[] = [];
  const add = (name: Name, step: number, curves: readonly (readonly CurvePoint[])[]) => {
    for (const [index, { steps }] of curves[0]!.entries()) {
      const psnr = median(curves.map((curve) => curve[index]!.psnr));
      lines.push({ name, seconds: (steps * step) / 1000, psnr });
    }
  };
  const own = milliseconds['fine-tune']!;
  const long = Math.max(...Object.keys(cases[0]!.lengths).map(Number));
  add(
    'Denoised start',
    own,
    cases.map(({ lengths }) => lengths[long]!),
  );
  add(
    'Fresh LoRA on the base (E2GAN)',
    own,
    cases.map(({ fineTuned }) => fineTuned.fresh!),
  );
  add(
    'Nearest zoo member',
    own,
    cases.map(({ fineTuned }) => fineTuned.nearest!),
  );
  for (const [name, title] of [
    ['tuned', 'Pix2pix, tuned'],
    ['muon', 'Pix2pix, tuned, with Muon'],
    ['standard', 'Pix2pix, standard'],
  ] as const) {
    add(
      title,
      milliseconds[name]!,
      cases.map(({ references }) => references[name]!),
    );
  }
  const names = Object.keys(COLORS) as Name[];
  return svgOf('Median quality against seconds of training', {
    height: 420,
    x: { type: 'sqrt', label: 'seconds of training (square-root scale)', ticks: 8 },
    y: { label: 'PSNR on held-out images, median (dB)', grid: true, nice: true },
    color: { domain: names, range: Object.values(COLORS), legend: false },
    marks: [
      Plot.line(lines, { x: 'seconds', y: 'psnr', stroke: 'name', strokeWidth: 2.4 }),
      Plot.dot(lines, { x: 'seconds', y: 'psnr', fill: 'name', r: 2.5 }),
      ...names.map((name, row) =>
        Plot.text([name], {
          frameAnchor: 'bottom-right',
          dx: -8,
          dy: -12 - 18 * (names.length - 1 - row),
          fill: COLORS[name],
          fontWeight: name === 'Denoised start' ? 'bold' : 'normal',
        }),
      ),
    ],
  });
}

/** Quality of every start of every test concept, before training. */
export function startsSvg({ cases, distances }: MethodReport): string {
  const names = Object.keys(START_NAMES) as StartName[];
  const dots = cases.flatMap((of) =>
    names.map((name) => ({
      start: START_NAMES[name],
      distance: of.distance,
      psnr: of.fineTuned[name]![0]!.psnr,
    })),
  );
  return svgOf(
    'Quality of starts before training; a dot is a test concept with one seed, a line the median',
    {
      height: 360,
      marginLeft: 280,
      x: { label: 'PSNR before any training (dB)', grid: true },
      y: { label: null, domain: names.map((name) => START_NAMES[name]) },
      color: { domain: distances, range: ['#0072b2', '#00795a', '#c14e00', '#b0538a'], legend: false },
      marks: [
        Plot.dot(dots, { x: 'psnr', y: 'start', stroke: 'distance', r: 3, strokeOpacity: 0.8 }),
        Plot.tickX(
          names.map((name) => ({
            start: START_NAMES[name],
            psnr: median(cases.map((of) => of.fineTuned[name]![0]!.psnr)),
          })),
          { x: 'psnr', y: 'start', stroke: '#1f2328', strokeWidth: 2 },
        ),
        ...distances.map((distance, row) =>
          Plot.text([distance], {
            frameAnchor: 'bottom-right',
            dx: -6,
            dy: -8 - 16 * (distances.length - 1 - row),
            fill: ['#0072b2', '#00795a', '#c14e00', '#b0538a'][row]!,
          }),
        ),
      ],
    },
  );
}

/** Each ablation's starts, the reference among them. */
export function ablationsSvg({ ablations }: MethodReport): string {
  const rows = ablations.flatMap(({ title, rows: of }) =>
    of.map(({ label, psnr }) => ({ row: `${title}: ${label}`, psnr })),
  );
  return svgOf('Quality of starts before training in each ablation', {
    height: 60 + 22 * rows.length,
    marginLeft: 390,
    marginRight: 60,
    x: { label: 'PSNR before any training, mean over concepts (dB)', grid: true, nice: true },
    y: { label: null, domain: rows.map(({ row }) => row), tickSize: 0 },
    marks: [
      Plot.ruleY(rows, {
        y: 'row',
        x1: Math.min(...rows.map(({ psnr }) => psnr)) - 1,
        x2: 'psnr',
        stroke: '#d0d7de',
      }),
      Plot.dot(rows, { x: 'psnr', y: 'row', fill: '#0072b2', r: 4 }),
      Plot.text(rows, {
        x: 'psnr',
        y: 'row',
        text: ({ psnr }: { psnr: number }) => psnr.toFixed(1),
        dx: 8,
        textAnchor: 'start',
      }),
    ],
  });
}
