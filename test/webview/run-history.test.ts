import { describe, expect, it } from 'vitest';
import type { CurvePoints, RunHeader, RunUpdate } from '../../src/protocol/webview.ts';
import { append } from '../../webview/run/run-history.ts';

const HEADER: RunHeader = {
  runId: 'r',
  stage: 'collect',
  name: 'fast',
  state: 'running',
  created: 0,
  training: 'fast.training.yaml',
  stopping: false,
  resumable: false,
  damagedLines: 0,
};

function points(step: number, value: number, concept: string, series?: string): CurvePoints {
  return {
    key: 'loss/l1',
    concept,
    ...(series ? { series } : {}),
    step: Float64Array.of(step),
    seconds: Float64Array.of(step / 10),
    value: Float64Array.of(value),
  };
}

function update(curves: CurvePoints[], rest: Partial<RunUpdate> = {}): RunUpdate {
  return { header: HEADER, curves, samples: [], log: [], artifacts: [], ...rest };
}

describe('append', () => {
  it('lengthens the curve of the same quantity, concept and series, and begins others', () => {
    const first = update([points(1, 0.5, 'snow'), points(1, 0.7, 'fog')]);
    const second = update([points(2, 0.4, 'snow'), points(2, 0.9, 'snow', 'fresh LoRA')]);
    const { curves } = append(first, second);
    const told = curves.map(({ concept, series, step, value }) => [concept, series, [...step], [...value]]);
    expect(told).toEqual([
      ['snow', undefined, [1, 2], [0.5, 0.4]],
      ['fog', undefined, [1], [0.7]],
      ['snow', 'fresh LoRA', [2], [0.9]],
    ]);
  });

  it('replaces the header and appends log lines, samples and artifacts', () => {
    const line = (message: string) => ({ time: 0, level: 'info' as const, message });
    const before = update([], { log: [line('a')] });
    const ended = { ...HEADER, state: 'succeeded' as const, seconds: 12 };
    const artifact = { kind: 'zoo-member', file: 'zoo/x/snow.safetensors' };
    const after = append(before, update([], { header: ended, log: [line('b')], artifacts: [artifact] }));
    expect(after.header).toBe(ended);
    expect(after.log.map(({ message }) => message)).toEqual(['a', 'b']);
    expect(after.artifacts).toEqual([artifact]);
  });
});
