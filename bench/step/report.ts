/** The measurements as a table and a chart. */
import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';
import { PARTS, type Part } from './parts.ts';

export interface Measured {
  readonly name: string;
  /** Median, 10th and 90th percentile of one step. */
  readonly milliseconds: number;
  readonly low: number;
  readonly high: number;
  readonly steps: number;
  readonly peakBytes: number;
  /** Seconds from the start of the process to the end of its first step. */
  readonly firstStepSeconds: number;
  /** Largest difference between its first losses and ours, relative to ours. */
  readonly largestDifference?: number;
}

export interface StepReport {
  readonly date: string;
  readonly processor: string;
  readonly threads: number;
  readonly device: string;
  readonly node: string;
  readonly workloads: readonly {
    readonly name: string;
    readonly title: string;
    readonly gigaflop: number;
    /** GFLOP/s of the better of a large product and a blocked convolution, measured within the same minutes. */
    readonly peak: number;
    readonly measured: readonly Measured[];
    /** Milliseconds of one of our steps by part. */
    readonly parts?: Readonly<Record<Part, number>>;
  }[];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function stepMarkdown({ workloads, processor, threads, device, node, date }: StepReport): string {
  const rows = workloads.flatMap(({ title, gigaflop, peak, measured }) => {
    const own = measured[0]!.milliseconds;
    return measured.map((entry, index) => [
      index === 0 ? title : '',
      entry.name,
      `${entry.milliseconds.toFixed(1)} (${entry.low.toFixed(1)} to ${entry.high.toFixed(1)})`,
      index === 0 ? '' : `${(entry.milliseconds / own).toFixed(2)}x`,
      gigaflop.toFixed(1),
      `${((100 * gigaflop * 1000) / entry.milliseconds / peak).toFixed(0)} % of ${peak.toFixed(0)}`,
      (entry.peakBytes / 2 ** 20).toFixed(0),
      entry.firstStepSeconds.toFixed(1),
      entry.largestDifference === undefined ? '' : entry.largestDifference.toExponential(0),
    ]);
  });
  const header = [
    'workload',
    'program',
    'ms per step (10 to 90 %)',
    'time over ours',
    'GFLOP per step',
    'share of peak GFLOP/s',
    'peak MiB',
    's to first step',
    'largest difference of losses',
  ];
  const parts = workloads.flatMap(({ name, parts }) =>
    parts ? [[name, ...PARTS.map((part) => parts[part].toFixed(1))]] : [],
  );
  return [
    `${processor}, device ${device}, ${threads} threads, Node.js ${node}, ${date.slice(0, 10)}.`,
    table(header, rows),
    ...(parts.length > 0
      ? ['Where the time of one of our steps goes, in ms:', table(['workload', ...PARTS], parts)]
      : []),
  ].join('\n\n');
}

/** Time per step of each program, as a standalone SVG. */
export function stepSvg({ workloads }: StepReport): string {
  const document = new DOMParser().parseFromString('<!doctype html><html><body></body></html>', 'text/html');
  const bars = workloads.flatMap(({ name, measured }) =>
    measured.map((entry) => ({
      ...entry,
      workload: name,
      relative: entry.milliseconds / measured[0]!.milliseconds,
    })),
  );
  const programs = [...new Set(bars.map(({ name }) => name))];
  const svg = Plot.plot({
    document,
    width: 760,
    height: 80 + 26 * bars.length,
    marginLeft: 150,
    marginRight: 160,
    marginBottom: 44,
    style: { background: 'white', color: '#1f2328', fontSize: '12px' },
    x: { label: 'time of one step over ours (less is better)', grid: true, nice: true },
    y: { label: null, domain: programs },
    fy: { label: null, domain: workloads.map(({ name }) => name) },
    color: { domain: programs, range: ['#0072b2', '#c14e00', '#8a8a8a'] },
    marks: [
      Plot.barX(bars, { x: 'relative', y: 'name', fy: 'workload', fill: 'name' }),
      Plot.text(bars, {
        x: 'relative',
        y: 'name',
        fy: 'workload',
        text: ({ milliseconds }: Measured) => `${milliseconds.toFixed(0)} ms`,
        textAnchor: 'start',
        dx: 4,
      }),
      Plot.ruleX([0]),
    ],
  } as Plot.PlotOptions);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const title = document.createElement('title', undefined);
  title.textContent = 'Time of one training step of each program, over ours';
  svg.prepend(title);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.outerHTML}\n`;
}
