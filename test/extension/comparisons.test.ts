import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseComparison } from '../../src/extension/comparisons/parse-comparison.ts';
import { evaluatedConcepts } from '../../src/extension/panels/compare/compare-choices.ts';
import { comparisonFile, evaluationOf } from '../../src/extension/runs/evaluations.ts';
import type { Run } from '../../src/extension/runs/run-state.ts';
import { NO_STATUS } from '../../src/extension/runs/run-status.ts';
import type { Project } from '../../src/project/load.ts';
import type { SavedComparison } from '../../src/protocol/comparison.ts';
import type { RunRecord } from '../../src/protocol/run.ts';
import type { Stage } from '../../src/protocol/stages.ts';

const QUALITY = { psnr: 20, ssim: 0.5, l1: 0.1, patchFd: 3 };
const COMPARISON: SavedComparison = {
  concept: 'snow',
  prompt: 'let it snow',
  images: 4,
  size: 32,
  seed: 1,
  device: 'cpu, 2 threads',
  curves: [
    {
      method: 'denoised',
      points: [
        { steps: 0, seconds: 0, ...QUALITY },
        { steps: 5, seconds: 0.5, ...QUALITY, psnr: null },
      ],
    },
  ],
  starts: [{ concept: 'snow', prompt: 'let it snow', quality: { denoised: QUALITY } }],
};

function run(id: string, stage: Stage, name: string, more: Partial<Run> = {}): Run {
  return {
    project: '/p',
    id,
    folder: join('/p/runs', id),
    state: 'succeeded',
    status: NO_STATUS,
    stopping: false,
    record: { id, stage, name, created: Number(id), training: 'fast.training.yaml' } as RunRecord,
    ...more,
  };
}

/** A quickstart that has come to so many of its parts. */
const quickstart = (id: string, parts: number, more: Partial<Run> = {}) =>
  run(id, 'quickstart', 'fast', {
    status: {
      ...NO_STATUS,
      parts: { total: 8, titles: Array.from({ length: parts }, (_, i) => `part ${i}`) },
      metrics: { step: 1, concept: 'fog', values: {} },
    },
    ...more,
  });

describe('an evaluation', () => {
  test('is a run of that stage, about the concept that it is named for', () => {
    const evaluation = evaluationOf(run('1', 'evaluate', 'snow'))!;
    expect(evaluation.concept).toBe('snow');
    expect(comparisonFile(evaluation)).toBe(join('/p/runs/1/result.json'));
  });

  test('is a quickstart that has come to its last part, about the concept that it measured last', () => {
    const evaluation = evaluationOf(quickstart('1', 8))!;
    expect(evaluation.concept).toBe('fog');
    expect(comparisonFile(evaluation)).toBe(join('/p/runs/1/evaluate/result.json'));
    expect(evaluationOf(quickstart('1', 7))).toBeUndefined();
  });

  test('is no other run, nor one that has not begun', () => {
    expect(evaluationOf(run('1', 'fine-tune', 'snow'))).toBeUndefined();
    expect(evaluationOf(run('1', 'evaluate', 'snow', { record: undefined }))).toBeUndefined();
  });
});

describe('the file', () => {
  const problemOf = (text: string, stage: Stage = 'evaluate') => {
    const parsed = parseComparison(text, stage);
    return 'problem' in parsed ? parsed.problem : undefined;
  };
  const whole = (comparison: unknown) =>
    JSON.stringify({ status: 'succeeded', seconds: 1, result: { comparison, memorization: {} } });

  test('of a run of its own holds the comparison in its result, of a quickstart at once', () => {
    expect(parseComparison(whole(COMPARISON), 'evaluate')).toEqual({ comparison: COMPARISON });
    const part = JSON.stringify({ comparison: COMPARISON, memorization: {} });
    expect(parseComparison(part, 'quickstart')).toEqual({ comparison: COMPARISON });
    expect(problemOf(part)?.kind).toBe('foreign');
  });

  test('of an earlier version has the present names of methods', () => {
    const quality = { untrained: QUALITY, scratch: QUALITY };
    const points = [{ steps: 0, seconds: 0, ...QUALITY }];
    const curves = ['untrained', 'scratch'].map((method) => ({ method, points }));
    const saved = { ...COMPARISON, curves, starts: [{ concept: 'snow', prompt: 'let it snow', quality }] };
    expect(parseComparison(whole(saved), 'evaluate')).toMatchObject({
      comparison: {
        curves: [{ method: 'sameGenerator' }, { method: 'pix2pix' }],
        starts: [{ quality: { sameGenerator: QUALITY, pix2pix: QUALITY } }],
      },
    });
  });

  test('that ends early is damaged', () => {
    expect(problemOf(whole(COMPARISON).slice(0, 80))).toMatchObject({
      kind: 'damaged',
      detail: expect.stringMatching(/JSON/),
    });
  });

  test('of something else is refused, with the place of what is wrong', () => {
    expect(problemOf('{"status":"succeeded","seconds":1,"result":{"steps":3}}')?.detail).toMatch(
      /^result\.comparison: /,
    );
    const [curve] = COMPARISON.curves;
    const withCurves = (...curves: unknown[]) => whole({ ...COMPARISON, curves });
    expect(problemOf(withCurves())?.detail).toMatch(/^result\.comparison\.curves: /);
    expect(problemOf(withCurves({ ...curve, points: [] }))?.detail).toMatch(/curves\.0\.points: /);
    expect(problemOf(withCurves({ ...curve, method: 'guess' }))?.detail).toMatch(/curves\.0\.method: /);
    expect(problemOf(withCurves(curve, curve))?.detail).toMatch(/a method appears twice/);
    expect(problemOf(withCurves({ ...curve, points: curve!.points.toReversed() }))?.detail).toMatch(
      /the steps are not in ascending order/,
    );
  });
});

describe('the choices', () => {
  const concept = (name: string) => ({ name, prompt: `as ${name}`, tags: [] });
  const project = {
    folder: '/p',
    concepts: ['autumn', 'fog', 'snow'].map(concept),
    trainings: [{ config: { collect: { holdOut: ['snow'] } } }],
  } as unknown as Project;

  test('begin with the concept that was evaluated last; those held out come before the others', () => {
    const named = (runs: Run[]) => evaluatedConcepts(project, runs).map(({ name }) => name);
    expect(named([])).toEqual(['snow', 'autumn', 'fog']);
    expect(named([quickstart('2', 8), run('1', 'evaluate', 'snow')])).toEqual(['fog', 'snow', 'autumn']);
  });

  test('have the evaluations that have ended, newest first, and the one under way', () => {
    const live = run('4', 'evaluate', 'snow', {
      state: 'running',
      status: { ...NO_STATUS, progress: { message: 'x', done: 1, total: 9, unit: 'steps' } },
    });
    const failed = run('3', 'evaluate', 'snow', {
      state: 'failed',
      status: { ...NO_STATUS, error: 'no zoo' },
    });
    const elsewhere = run('9', 'evaluate', 'snow', { project: '/q' });
    const [snow] = evaluatedConcepts(project, [elsewhere, live, failed, run('1', 'evaluate', 'snow')]);
    expect(snow).toMatchObject({
      prompt: 'as snow',
      live: { runId: '4', done: 1, total: 9 },
      evaluations: [
        { runId: '3', state: 'failed', error: 'no zoo' },
        { runId: '1', state: 'succeeded', created: 1 },
      ],
    });
  });

  test('keep a concept that is gone while an evaluation of it is there', () => {
    const [gone] = evaluatedConcepts(project, [run('1', 'evaluate', 'gone')]);
    expect(gone).toMatchObject({ name: 'gone', prompt: undefined });
  });
});
