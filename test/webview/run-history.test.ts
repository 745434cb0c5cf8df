import { describe, expect, it } from 'vitest';
import type { CurvePoints, OverlaidRun, RunHeader, RunUpdate } from '../../src/protocol/webview/run.ts';
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
  evaluated: false,
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
  return { header: HEADER, curves, samples: [], log: [], artifacts: [], overlays: [], ...rest };
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

  it('lengthens overlaid runs, takes new ones whole and drops those that were removed', () => {
    const overlaid = (runId: string, whole: boolean, curves: CurvePoints[]): OverlaidRun => ({
      ...{ project: '/p', runId, stage: 'collect', name: runId, created: 0, state: 'running' },
      ...{ whole, curves },
    });
    const first = update([], {
      overlays: [overlaid('a', true, [points(1, 0.5, 'snow')]), overlaid('b', true, [])],
    });
    const second = update([], {
      overlays: [
        overlaid('a', false, [points(2, 0.4, 'snow')]),
        overlaid('c', true, [points(9, 0.1, 'snow')]),
      ],
    });
    const { overlays } = append(first, second);
    expect(overlays.map(({ runId, curves }) => [runId, curves.map(({ step }) => [...step])])).toEqual([
      ['a', [[1, 2]]],
      ['c', [[9]]],
    ]);
    const anew = append({ ...first, overlays }, update([], { overlays: [overlaid('a', true, [])] }));
    expect(anew.overlays[0]!.curves).toEqual([]);
  });

  it('keeps what did not change the same object, so that nothing is drawn again', () => {
    const overlays: OverlaidRun[] = [
      {
        ...{ project: '/p', runId: 'a', stage: 'collect', name: 'a', created: 0, state: 'succeeded' },
        ...{ whole: true, curves: [points(1, 0.5, 'snow')] },
      },
    ];
    const first = update([points(1, 0.5, 'snow')], { overlays });
    const after = append(first, update([], { overlays: [{ ...overlays[0]!, whole: false, curves: [] }] }));
    expect(after.curves).toBe(first.curves);
    expect(after.overlays).toBe(first.overlays);
  });

  it('replaces what is known of damaged lines', () => {
    const damaged = { count: 2, lines: [3, 8] };
    expect(append(update([]), update([], { damaged })).damaged).toEqual(damaged);
  });
});
