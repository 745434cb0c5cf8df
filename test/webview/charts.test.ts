import { describe, expect, it } from 'vitest';
import type { CurvePoints } from '../../src/protocol/webview/run.ts';
import { chartsOf, conceptsOf, EVERY } from '../../webview/run/charts.ts';

function curve(key: string, concept?: string, series?: string): CurvePoints {
  return {
    key,
    ...(concept ? { concept } : {}),
    ...(series ? { series } : {}),
    step: Float64Array.of(10, 20),
    seconds: Float64Array.of(1, 2),
    value: Float64Array.of(0.5, 0.4),
  };
}

const COLLECTING = [
  curve('loss/l1', 'snow'),
  curve('quality/psnr', 'snow'),
  curve('loss/l1', 'fog'),
  curve('quality/psnr', 'fog'),
];

function told(curves: CurvePoints[], concept?: string) {
  return chartsOf([{ label: 'this run', curves }], concept, 'steps').map(({ key, curves: shown }) => [
    key,
    shown.map(({ label }) => label),
  ]);
}

describe('charts of a run', () => {
  it('are one for each quantity, quality first', () => {
    expect(told(COLLECTING, EVERY)).toEqual([
      ['quality/psnr', ['snow', 'fog']],
      ['loss/l1', ['snow', 'fog']],
    ]);
  });

  it('show one concept where one is chosen, and what belongs to none', () => {
    expect(told([...COLLECTING, curve('loss')], 'fog')).toEqual([
      ['quality/psnr', ['fog']],
      ['loss/l1', ['fog']],
      ['loss', ['Denoiser loss, standardized weights']],
    ]);
  });

  it('tell series by name, with their concept where several are shown', () => {
    const curves = [curve('quality/psnr', 'snow', 'denoised'), curve('quality/psnr', 'snow', 'fresh LoRA')];
    expect(told(curves, 'snow')).toEqual([['quality/psnr', ['denoised', 'fresh LoRA']]]);
    expect(told(curves, EVERY)).toEqual([['quality/psnr', ['snow, denoised', 'snow, fresh LoRA']]]);
  });

  it('run over steps or seconds, and quantities without a known name keep their own', () => {
    const [chart] = chartsOf([{ label: 'this run', curves: [curve('gradient/norm')] }], undefined, 'seconds');
    expect(chart!.title).toBe('gradient/norm');
    expect([...chart!.curves[0]!.x]).toEqual([1, 2]);
  });
});

describe('charts of several runs', () => {
  const start = (key: string, series: string) => curve(key, 'snow', series);
  const evaluated = {
    label: 'monday',
    curves: [start('quality/psnr', 'denoised'), start('quality/psnr', 'fresh')],
  };
  const again = { label: 'tuesday', curves: [start('quality/psnr', 'fresh'), curve('loss/l1', 'snow')] };

  it('have a colour for each run, a dash for each series, and curves of one name together', () => {
    const [psnr, l1] = chartsOf([evaluated, again], undefined, 'steps');
    expect(psnr!.curves.map(({ label, style }) => [label, style])).toEqual([
      ['monday, denoised', { color: 0, dash: 0 }],
      ['monday, fresh', { color: 0, dash: 1 }],
      ['tuesday, fresh', { color: 1, dash: 1 }],
    ]);
    expect(l1!.curves.map(({ label, style }) => [label, style])).toEqual([
      ['tuesday', { color: 1, dash: 0 }],
    ]);
  });

  it('show runs of different concepts, each at its own', () => {
    const runs = [
      { label: 'snow', curves: [curve('loss/l1', 'snow')] },
      { label: 'fog', curves: [curve('loss/l1', 'fog')] },
      { label: 'zoo', curves: COLLECTING },
    ];
    const labels = (concept?: string) =>
      chartsOf(runs, concept, 'steps')
        .find(({ key }) => key === 'loss/l1')!
        .curves.map(({ label }) => label);
    expect(labels()).toEqual(['snow', 'fog', 'zoo, fog']);
    expect(labels('snow')).toEqual(['snow', 'fog', 'zoo, snow']);
    expect(labels(EVERY)).toEqual(['snow, snow', 'fog, fog', 'zoo, snow', 'zoo, fog']);
  });
});

it('lists the concepts in the order of the run', () => {
  expect(conceptsOf(COLLECTING)).toEqual(['snow', 'fog']);
});
