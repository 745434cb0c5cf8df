import { describe, expect, test } from 'vitest';
import {
  type Comparison,
  type Curve,
  comparisonCsv,
  comparisonSvg,
  comparisonTable,
  comparisonVerdict,
  startsTable,
} from '../../../src/pipeline/evaluation/comparison.ts';
import type { Method } from '../../../src/protocol/comparison.ts';
import { csvTable } from '../../../webview/compare/csv-table.ts';

/** A curve from `[steps, seconds, psnr]`; SSIM is a hundredth of the PSNR unless given. */
function curve(
  method: Method,
  ...points: [steps: number, seconds: number, psnr: number, ssim?: number][]
): Curve {
  return {
    method,
    points: points.map(([steps, seconds, psnr, ssim = psnr / 100]) => ({
      steps,
      seconds,
      psnr,
      ssim,
      l1: 0.1,
      patchFd: 10 / psnr,
    })),
  };
}

function comparison(...curves: Curve[]): Comparison {
  return {
    concept: 'sepia-fog',
    prompt: 'a sepia photo in the fog',
    images: 16,
    size: 48,
    seed: 1,
    device: 'cpu, 2 threads',
    curves,
    starts: [],
  };
}

const PIX2PIX = curve('pix2pix', [0, 0, 5], [50, 10, 15], [100, 20, 20]);

describe('the table', () => {
  test('has a row for each method, with how soon it reaches the end of Pix2pix', () => {
    const denoised = curve('denoised', [0, 0, 18], [5, 0.5, 19.99], [10, 1, 20], [20, 2, 22]);
    const fresh = curve('fresh', [0, 0, 10], [20, 2, 19.994]);
    expect(comparisonTable(comparison(denoised, fresh, PIX2PIX))).toEqual([
      "method                  PSNR at start  PSNR at end  SSIM at end  patch FD at start  at end  steps  seconds  reaches Pix2pix's end after",
      '----------------------  -------------  -----------  -----------  -----------------  ------  -----  -------  ---------------------------',
      'Denoised weights             18.00 dB     22.00 dB        0.220              0.556   0.455     20      2.0              10 steps, 1.0 s',
      'Fresh LoRA on the base       10.00 dB     19.99 dB        0.200              1.000   0.500     20      2.0                  not reached',
      'Pix2pix from scratch          5.00 dB     20.00 dB        0.200              2.000   0.500    100     20.0            100 steps, 20.0 s',
    ]);
  });

  test('does not speak of Pix2pix where it was left out', () => {
    const [header] = comparisonTable(comparison(curve('denoised', [0, 0, 18], [20, 2, 22])));
    expect(header).not.toContain('Pix2pix');
  });

  test('has FID and KID where a feature network measured them', () => {
    const denoised = curve('denoised', [0, 0, 20], [20, 2, 25]);
    denoised.distances = { start: { fid: 120.456, kid: 0.0312 }, end: { fid: 89.93, kid: -0.00004 } };
    expect(comparisonTable(comparison(denoised))).toEqual([
      'method            PSNR at start  PSNR at end  SSIM at end  patch FD at start  at end  FID at start  at end  KID at start   at end  steps  seconds',
      '----------------  -------------  -----------  -----------  -----------------  ------  ------------  ------  ------------  -------  -----  -------',
      'Denoised weights       20.00 dB     25.00 dB        0.250              0.500   0.400        120.46   89.93        0.0312  -0.0000     20      2.0',
    ]);
  });

  test('says of a start that is as good at once that it takes no step', () => {
    const lines = comparisonTable(comparison(curve('denoised', [0, 0, 25], [20, 2, 26]), PIX2PIX));
    expect(lines[2]).toContain('0 steps, 0.0 s');
  });
});

test('the starts have a row for each held-out concept', () => {
  const quality = (psnr: number) => ({ psnr, ssim: 0.5, l1: 0.1, patchFd: 1 });
  const starts = [
    { concept: 'sepia-fog', prompt: '', quality: { denoised: quality(18.25), fresh: quality(9.5) } },
    { concept: 'dusk', prompt: '', quality: { denoised: quality(7), fresh: quality(10) } },
  ];
  expect(startsTable({ ...comparison(), starts })).toEqual([
    'held-out concept  Denoised weights  Fresh LoRA on the base',
    '----------------  ----------------  ----------------------',
    'sepia-fog                 18.25 dB                 9.50 dB',
    'dusk                       7.00 dB                10.00 dB',
  ]);
});

describe('the verdict', () => {
  const denoised = curve('denoised', [0, 0, 18], [10, 1, 21], [20, 2, 22]);
  const verdict = (...others: Curve[]) => comparisonVerdict(comparison(denoised, ...others));

  test('says by how much the denoised start is better than fresh LoRA, or worse', () => {
    expect(verdict(curve('fresh', [0, 0, 15.5]))).toEqual([
      'The denoised start is 2.50 dB better than fresh LoRA on the base, before any training.',
    ]);
    expect(verdict(curve('fresh', [0, 0, 18.75]))).toEqual([
      'The denoised start is 0.75 dB WORSE than fresh LoRA on the base.',
    ]);
  });

  test('names a cheap baseline that is as good, or better, and no other', () => {
    expect(
      verdict(curve('ridge', [0, 0, 17.95]), curve('nearest', [0, 0, 17.8]), curve('mean', [0, 0, 19])),
    ).toEqual([
      'Ridge regression starts as well as the denoised weights (-0.05 dB).',
      'Zoo mean starts BETTER than the denoised weights (+1.00 dB).',
    ]);
  });

  test('says how soon training from scratch is reached', () => {
    expect(verdict(PIX2PIX)).toEqual([
      'Pix2pix ends at 20.00 dB after 100 steps (20.0 s); the denoised start reaches that after 10 steps (1.0 s).',
    ]);
  });

  test('says that it is not reached, of Pix2pix and of the same generator', () => {
    expect(
      verdict(
        curve('pix2pix', [0, 0, 5], [100, 20, 23, 0.2]),
        curve('sameGenerator', [0, 0, 5], [80, 9, 24, 0.2]),
      ),
    ).toEqual([
      'Pix2pix ends at 23.00 dB after 100 steps; the denoised start does not reach that.',
      'The same generator from scratch ends at 24.00 dB after 80 steps; the denoised start does not reach that.',
    ]);
  });

  test('does not hide that it ends below by SSIM', () => {
    expect(verdict(curve('pix2pix', [0, 0, 5], [100, 20, 20, 0.9]))).toEqual([
      expect.stringMatching(/^Pix2pix ends at .*; the denoised start reaches that after/),
      'By SSIM the denoised start ends BELOW Pix2pix: 0.220 against 0.900.',
    ]);
  });

  test('is silent where there are no denoised weights', () => {
    expect(comparisonVerdict(comparison(PIX2PIX))).toEqual([]);
  });
});

test('the CSV has a line for each measured point, with full precision', () => {
  const denoised = curve('denoised', [0, 0, 16.123456789, 0.123456789], [20, 2.0004, 20]);
  expect(comparisonCsv(comparison(denoised, curve('fresh', [0, 0, 10])))).toBe(
    [
      'concept,method,steps,seconds,psnr,ssim,l1,patchFd',
      `sepia-fog,denoised,0,0.000,16.123456789,0.123456789,0.1,${10 / 16.123456789}`,
      'sepia-fog,denoised,20,2.000,20,0.2,0.1,0.5',
      'sepia-fog,fresh,0,0.000,10,0.1,0.1,1',
      '',
    ].join('\n'),
  );
});

test('the table that the editor saves is the same CSV', () => {
  const denoised = curve('denoised', [0, 0, 16.123456789, 0.123456789], [5, 1, 18], [20, 2.0004, 20]);
  denoised.distances = { start: { fid: 120.5, kid: 0.25 }, end: { fid: 89.93, kid: -0.01 } };
  const measured = comparison(denoised, curve('fresh', [0, 0, 10]));
  expect(csvTable(measured)).toBe(comparisonCsv(measured));
  expect(csvTable({ ...measured, concept: 'sepia, "fog"' })).toContain('\n"sepia, ""fog""",denoised,0,');
  for (const sign of '=+-@\t')
    expect(csvTable({ ...measured, concept: `${sign}HYPERLINK(1)` })).toContain(
      `\n'${sign}HYPERLINK(1),denoised,`,
    );
});

test('the CSV has FID and KID on the lines that they were measured at', () => {
  const denoised = curve('denoised', [0, 0, 10], [5, 1, 10], [20, 2, 10]);
  denoised.distances = { start: { fid: 120.5, kid: 0.25 }, end: { fid: 89.93, kid: -0.001 } };
  expect(comparisonCsv(comparison(denoised))).toBe(
    [
      'concept,method,steps,seconds,psnr,ssim,l1,patchFd,fid,kid',
      'sepia-fog,denoised,0,0.000,10,0.1,0.1,1,120.5,0.25',
      'sepia-fog,denoised,5,1.000,10,0.1,0.1,1,,',
      'sepia-fog,denoised,20,2.000,10,0.1,0.1,1,89.93,-0.001',
      '',
    ].join('\n'),
  );
});

test('the plot names each method and has a dot for each measured point', () => {
  const svg = comparisonSvg(comparison(curve('denoised', [0, 0, 18], [20, 2, 22]), PIX2PIX));
  expect(svg).toContain('Denoised weights');
  expect(svg).toContain('Pix2pix from scratch');
  expect(svg.match(/<circle/g)).toHaveLength(5);
  expect(svg).not.toContain('NaN');
});
