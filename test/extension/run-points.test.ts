import { expect, test } from 'vitest';
import { runPoints } from '../../src/extension/panels/run/run-points.ts';
import type { RunEvent } from '../../src/protocol/events.ts';

const metrics = (
  step: number,
  values: Record<string, number>,
  more: { concept?: string; series?: string; seconds?: number } = {},
): RunEvent => ({ type: 'metrics', time: 0, step, values, ...more });

test('one curve for each metric, concept and series, points in order', () => {
  const { curves } = runPoints([
    metrics(1, { 'loss/l1': 0.5, 'loss/generator': 2 }),
    metrics(1, { 'quality/psnr': 20 }, { series: 'denoised', seconds: 1.5 }),
    metrics(1, { 'quality/psnr': 12 }, { series: 'fresh LoRA', seconds: 1.25 }),
    metrics(2, { 'loss/l1': 0.25 }),
  ]);
  expect(curves.map(({ key, series }) => [key, series])).toEqual([
    ['loss/l1', undefined],
    ['loss/generator', undefined],
    ['quality/psnr', 'denoised'],
    ['quality/psnr', 'fresh LoRA'],
  ]);
  expect([...curves[0]!.step]).toEqual([1, 2]);
  expect([...curves[0]!.value]).toEqual([0.5, 0.25]);
  expect([...curves[0]!.seconds]).toEqual([Number.NaN, Number.NaN]);
  expect([...curves[2]!.seconds]).toEqual([1.5]);
});

test('samples, log lines and artifacts keep their order and their own fields', () => {
  const points = runPoints([
    { type: 'log', time: 1, level: 'warning', message: 'unknown word "zorp" in the prompt' },
    { type: 'sample', time: 2, step: 25, file: 'samples/25.png', label: 'source | translated' },
    {
      type: 'artifact',
      time: 3,
      kind: 'weights',
      file: 'weights/snow/fine-tuned.safetensors',
      concept: 'snow',
    },
    { type: 'log', time: 4, level: 'info', message: 'done' },
  ]);
  expect(points.log.map(({ message }) => message)).toEqual(['unknown word "zorp" in the prompt', 'done']);
  expect(points.samples).toMatchObject([{ step: 25, file: 'samples/25.png' }]);
  expect(points.artifacts).toEqual([
    { kind: 'weights', file: 'weights/snow/fine-tuned.safetensors', concept: 'snow' },
  ]);
  expect(points.curves).toEqual([]);
});

test('the curves of a whole zoo travel in one buffer: VS Code loses arrays beyond 255 buffers a message', () => {
  const concepts = Array.from({ length: 100 }, (_, index) => `concept-${index}`);
  const { curves } = runPoints(
    concepts.flatMap((concept, index) => [
      metrics(1, { loss: index }, { concept }),
      metrics(2, { loss: -index }, { concept }),
    ]),
  );
  expect(
    new Set(curves.flatMap(({ step, seconds, value }) => [step.buffer, seconds.buffer, value.buffer])).size,
  ).toBe(1);
  expect(curves.map(({ concept, step, value }) => [concept, [...step], [...value]])).toEqual(
    concepts.map((concept, index) => [concept, [1, 2], [index, -index]]),
  );
});

test('a loss that is not finite, which JSON has no word for, is a gap', () => {
  const event = { type: 'metrics', time: 0, step: 3, values: { loss: null } } as unknown as RunEvent;
  const { curves } = runPoints([metrics(2, { loss: 1 }), event]);
  expect([...curves[0]!.value]).toEqual([1, Number.NaN]);
});
