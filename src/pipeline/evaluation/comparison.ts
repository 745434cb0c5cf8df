import * as Plot from '@observablehq/plot';
import {
  type ComparisonOf,
  type CurveOf,
  METHOD_COLORS,
  METHODS,
  type Method,
  type StartsOf,
} from '../../protocol/comparison.ts';
import type { FeatureDistance } from '../metrics/feature-distances.ts';
import type { SetQuality } from '../metrics/held-out.ts';
import { standaloneSvg } from './plot-svg.ts';
import { textTable } from './text-table.ts';

/** Methods that train a whole generator from random weights. */
const FROM_SCRATCH = ['sameGenerator', 'pix2pix'] as const;
export type FromScratch = (typeof FROM_SCRATCH)[number];

export function isFromScratch(method: Method): method is FromScratch {
  return (FROM_SCRATCH as readonly Method[]).includes(method);
}

export type Curve = CurveOf<SetQuality, FeatureDistance>;
export type ConceptStarts = StartsOf<SetQuality>;
export type Comparison = ComparisonOf<SetQuality, FeatureDistance>;

const first = (curve: Curve) => curve.points[0]!;
const last = (curve: Curve) => curve.points[curve.points.length - 1]!;

export interface TimeToReach {
  steps: number;
  seconds: number;
}

/** The first measured point at which a curve is at least as good as `psnr`, or undefined if it never is. */
function timeToReach(curve: Curve, psnr: number): TimeToReach | undefined {
  const point = curve.points.find((candidate) => candidate.psnr >= psnr);
  return point && { steps: point.steps, seconds: point.seconds };
}

const decibels = (value: number) => value.toFixed(2);

/** The comparison as lines of text: one row per method, with the time to reach the final PSNR of Pix2pix. */
export function comparisonTable(comparison: Comparison): string[] {
  const pix2pix = comparison.curves.find((curve) => curve.method === 'pix2pix');
  const distances = comparison.curves.some((curve) => curve.distances);
  const header = ['method', 'PSNR at start', 'PSNR at end', 'SSIM at end', 'patch FD at start', 'at end'];
  if (distances) header.push('FID at start', 'at end', 'KID at start', 'at end');
  header.push('steps', 'seconds');
  if (pix2pix) header.push("reaches Pix2pix's end after");
  const rows = comparison.curves.map((curve) => {
    const end = last(curve);
    const row = [
      METHODS[curve.method],
      `${decibels(first(curve).psnr)} dB`,
      `${decibels(end.psnr)} dB`,
      end.ssim.toFixed(3),
      first(curve).patchFd.toFixed(3),
      end.patchFd.toFixed(3),
    ];
    if (distances) row.push(...distanceCells(curve));
    row.push(String(end.steps), end.seconds.toFixed(1));
    if (pix2pix) {
      const reached = timeToReach(curve, last(pix2pix).psnr);
      row.push(reached ? `${reached.steps} steps, ${reached.seconds.toFixed(1)} s` : 'not reached');
    }
    return row;
  });
  return textTable(header, rows);
}

/** Cells for FID at start and end, then KID; empty if the method has none. */
function distanceCells({ distances }: Curve): string[] {
  if (!distances) return ['', '', '', ''];
  const { start, end } = distances;
  return [start.fid.toFixed(2), end.fid.toFixed(2), start.kid.toFixed(4), end.kid.toFixed(4)];
}

/** PSNR of every start before training, one row per held-out concept, since a single concept proves little. */
export function startsTable({ starts }: Comparison): string[] {
  const methods = (Object.keys(METHODS) as Method[]).filter((method) => starts[0]?.quality[method]);
  return textTable(
    ['held-out concept', ...methods.map((method) => METHODS[method])],
    starts.map(({ concept, quality }) => [
      concept,
      ...methods.map((method) => `${decibels(quality[method]!.psnr)} dB`),
    ]),
  );
}

/**
 * What the measured numbers say about the denoised start, in sentences. They name every cheap baseline that is
 * as good (within `tolerance` decibels), so that readers need not find out for themselves.
 */
export function comparisonVerdict(comparison: Comparison, tolerance = 0.1): string[] {
  const curve = (method: Method) => comparison.curves.find((candidate) => candidate.method === method);
  const denoised = curve('denoised');
  if (!denoised) return [];
  const start = first(denoised).psnr;
  const sentences: string[] = [];
  const fresh = curve('fresh');
  if (fresh) {
    const gain = start - first(fresh).psnr;
    sentences.push(
      gain > 0
        ? `The denoised start is ${decibels(gain)} dB better than fresh LoRA on the base, before any training.`
        : `The denoised start is ${decibels(-gain)} dB WORSE than fresh LoRA on the base.`,
    );
  }
  const asGood = (['ridge', 'nearest', 'mean'] as const).filter((method) => {
    const other = curve(method);
    return other && first(other).psnr >= start - tolerance;
  });
  for (const method of asGood) {
    const difference = first(curve(method)!).psnr - start;
    sentences.push(
      Math.abs(difference) <= tolerance
        ? `${METHODS[method]} starts as well as the denoised weights (${difference >= 0 ? '+' : ''}${decibels(difference)} dB).`
        : `${METHODS[method]} starts BETTER than the denoised weights (+${decibels(difference)} dB).`,
    );
  }
  for (const method of ['pix2pix', 'sameGenerator'] as const) {
    const fromScratch = curve(method);
    if (!fromScratch) continue;
    const name = method === 'pix2pix' ? 'Pix2pix' : 'the same generator from scratch';
    const subject = name[0]!.toUpperCase() + name.slice(1);
    const goal = last(fromScratch);
    const reached = timeToReach(denoised, goal.psnr);
    sentences.push(
      reached
        ? `${subject} ends at ${decibels(goal.psnr)} dB after ${goal.steps} steps (${goal.seconds.toFixed(1)} s); ` +
            `the denoised start reaches that after ${reached.steps} steps (${reached.seconds.toFixed(1)} s).`
        : `${subject} ends at ${decibels(goal.psnr)} dB after ${goal.steps} steps; the denoised start does not reach that.`,
    );
    const end = last(denoised);
    if (end.ssim < goal.ssim) {
      sentences.push(
        `By SSIM the denoised start ends BELOW ${name}: ${end.ssim.toFixed(3)} against ${goal.ssim.toFixed(3)}.`,
      );
    }
  }
  return sentences;
}

/** CSV with one line per measured point; FID and KID, if measured, are on each method's first and last line. */
export function comparisonCsv(comparison: Comparison): string {
  const withDistances = comparison.curves.some(({ distances }) => distances);
  const lines = [`concept,method,steps,seconds,psnr,ssim,l1,patchFd${withDistances ? ',fid,kid' : ''}`];
  for (const { method, points, distances } of comparison.curves) {
    for (const [index, point] of points.entries()) {
      const distance =
        index === 0 ? distances?.start : index === points.length - 1 ? distances?.end : undefined;
      lines.push(
        [
          comparison.concept,
          method,
          point.steps,
          point.seconds.toFixed(3),
          point.psnr,
          point.ssim,
          point.l1,
          point.patchFd,
          ...(withDistances ? [distance?.fid ?? '', distance?.kid ?? ''] : []),
        ].join(','),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Plot of quality over training seconds, as a stand-alone SVG. */
export function comparisonSvg({ curves, concept, images }: Comparison): string {
  const methods = curves.map(({ method }) => method);
  // Later marks are on top: the denoised start is drawn last, with ridge dashed over it where the two coincide.
  const drawn = [...curves].sort((a, b) => drawingOrder(a.method) - drawingOrder(b.method));
  const color = (method: Method) => METHOD_COLORS[method];
  return standaloneSvg({
    width: 760,
    height: 420,
    marginLeft: 52,
    marginTop: 34,
    marginBottom: 44,
    x: { type: 'sqrt', label: 'training seconds (square-root scale)', ticks: 8, nice: true },
    y: { label: `PSNR on ${images} held-out images of ${concept} (dB)`, grid: true, nice: true },
    marks: [
      ...drawn.flatMap(({ method, points }) => [
        Plot.line(points, {
          x: 'seconds',
          y: 'psnr',
          stroke: color(method),
          strokeWidth: method === 'denoised' ? 3.5 : 2,
          ...(method === 'ridge' && { strokeDasharray: '5 4' }),
        }),
        Plot.dot(points, { x: 'seconds', y: 'psnr', fill: color(method), r: 2.5 }),
      ]),
      ...methods.map((method, row) =>
        Plot.text([METHODS[method]], {
          frameAnchor: 'bottom-right',
          dx: -8,
          dy: -12 - 18 * (methods.length - 1 - row),
          fill: color(method),
          fontWeight: method === 'denoised' ? 'bold' : 'normal',
        }),
      ),
    ],
  });
}

function drawingOrder(method: Method): number {
  return method === 'ridge' ? 2 : method === 'denoised' ? 1 : 0;
}
