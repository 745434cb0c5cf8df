import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageFromBytes } from '../../../src/data/image-values.ts';
import { preparePairs } from '../../../src/data/prepared.ts';
import { readSafetensors } from '../../../src/data/safetensors.ts';
import type { Comparison } from '../../../src/pipeline/evaluation/comparison.ts';
import { editorsOn } from '../../../src/pipeline/image-editors/image-editors.ts';
import { frechetDistance } from '../../../src/pipeline/metrics/frechet.ts';
import { patchFeatures } from '../../../src/pipeline/metrics/patch-features.ts';
import type { StageContext } from '../../../src/pipeline/stage.ts';
import { evaluate } from '../../../src/pipeline/stages/evaluate.ts';
import type { LoadedTraining } from '../../../src/project/load.ts';
import { UserError } from '../../../src/project/user-error.ts';
import type { NewRunEvent } from '../../../src/protocol/events.ts';
import { allBytes } from '../../data/stored.ts';
import { makeTrainedProject, type TrainedProject } from '../../engine/trained-project.ts';
import { writeMeanColors } from '../metrics/feature-models.ts';
import { stageContext } from '../stage-context.ts';

const SIZE = 32;
const VALUES = SIZE * SIZE * 3;

/** `evaluate` on the trained example, two steps from two starts, with a network of mean colors. */
async function contextOf(
  trained: TrainedProject,
  evaluation: Partial<LoadedTraining['config']['evaluate']>,
): Promise<StageContext & { events: NewRunEvent[] }> {
  writeMeanColors(join(trained.project.folder, 'means.onnx'), [2, 3, SIZE, SIZE]);
  const { context, events } = stageContext(trained, { concept: 'snow' }, (config) => ({
    ...config,
    fineTune: { ...config.fineTune, steps: 2, batchSize: 2 },
    evaluate: { ...config.evaluate, baselines: ['fresh'], ...evaluation },
  }));
  mkdirSync(join(context.run.folder, 'samples'), { recursive: true });
  return { ...context, events };
}

const network = (file: string) => ({ file, resize: 'bicubic', range: '0..255' }) as const;

/** Mean level from 0 to 255 of each color of each image. */
function meanLevels(images: Float32Array): Float32Array {
  const means = new Float32Array((images.length / VALUES) * 3);
  images.forEach((value, i) => {
    const level = Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
    means[3 * Math.floor(i / VALUES) + (i % 3)]! += level / (SIZE * SIZE);
  });
  return means;
}

/** Fréchet distance of the patches of two sets of images. */
function patchDistance(images: Float32Array, targets: Float32Array): number {
  return frechetDistance(patchFeatures(images, SIZE), patchFeatures(targets, SIZE));
}

/** The pictures that a method left in the run folder. */
async function pictures(folder: string, method: string): Promise<{ start: Float32Array; end: Float32Array }> {
  const images = async (which: string) => {
    const { tensors } = await readSafetensors(join(folder, `${method}.${which}.safetensors`));
    const { data } = tensors.get('images')!;
    return imageFromBytes(data as Uint8Array, SIZE, data.length / (SIZE * 3)).data;
  };
  return { start: await images('start'), end: await images('end') };
}

/** The held-out images as they should be. */
async function targetsOf({ project, training: { config } }: StageContext): Promise<Float32Array> {
  const concept = project.concepts.find(({ name }) => name === 'snow')!;
  const pairs = (await preparePairs(concept, config.image, config.seed, { openEditor: editorsOn(config) }))!;
  const { count, target } = pairs.test;
  return imageFromBytes(await allBytes(target, count), SIZE, SIZE * count).data;
}

test('FID, KID and patch distance of every method are in result, table and CSV', async () => {
  const trained = await makeTrainedProject();
  const context = await contextOf(trained, { featureNetwork: network('means.onnx') });
  const { status, result } = await evaluate(context);
  expect(status).toBe('succeeded');
  const comparison = result.comparison as unknown as Comparison;
  expect(comparison.curves.map(({ method }) => method)).toEqual(['denoised', 'fresh']);
  const { folder } = context.run;
  const csv = readFileSync(join(folder, 'comparison.csv'), 'utf8').trim().split('\n');
  const logs = context.events.flatMap((event) => (event.type === 'log' ? [event] : []));
  expect(csv[0]).toBe('concept,method,steps,seconds,psnr,ssim,l1,patchFd,fid,kid');
  expect(logs.some(({ message }) => /FID at start.*KID at start/.test(message))).toBe(true);
  // With two images of three features each, FID is biased.
  expect(logs.filter(({ level }) => level === 'warning').map(({ message }) => message)).toEqual([
    expect.stringContaining('FID is measured on 2 images with 3 features each'),
  ]);
  for (const { quality } of comparison.starts) {
    for (const { patchFd } of Object.values(quality)) expect(patchFd).toBeGreaterThan(0);
  }

  // The same from the pictures that were kept.
  const targets = await targetsOf(context);
  for (const { method, points, distances } of comparison.curves) {
    const { start, end } = await pictures(folder, method);
    const features = (images: Float32Array) => ({ rows: meanLevels(images), dims: 3 });
    const fid = (images: Float32Array) => frechetDistance(features(images), features(targets));
    expect(distances!.start.fid / fid(start)).toBeCloseTo(1, 3);
    expect(distances!.end.fid / fid(end)).toBeCloseTo(1, 3);
    expect(distances!.end.kid).not.toBe(distances!.start.kid);
    // They were measured before they were rounded to 8 bits.
    expect(points[0]!.patchFd / patchDistance(start, targets)).toBeCloseTo(1, 2);
    expect(points.at(-1)!.patchFd / patchDistance(end, targets)).toBeCloseTo(1, 2);
    const line = csv.find((row) => row.startsWith(`snow,${method},2,`));
    expect(line).toContain(`,${distances!.end.fid},${distances!.end.kid}`);
  }
});

test('stopped while FID is measured and resumed, it ends as one that was not', async () => {
  const trained = await makeTrainedProject();
  const context = await contextOf(trained, { featureNetwork: network('means.onnx') });
  const whole = await evaluate(context);
  rmSync(context.run.folder, { recursive: true });

  const stopped = await contextOf(trained, { featureNetwork: network('means.onnx') });
  const isMeasuring = (event: NewRunEvent) =>
    event.type === 'progress' && event.message === 'measuring FID and KID';
  const shouldStop = () => stopped.events.some(isMeasuring);
  expect(await evaluate({ ...stopped, shouldStop })).toEqual({ status: 'stopped', result: { methods: 2 } });
  const resumed = await contextOf(trained, { featureNetwork: network('means.onnx') });
  const { result } = await evaluate({ ...resumed, resume: true });
  const withoutTimes = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, inner) => (key === 'seconds' ? undefined : inner)));
  expect(withoutTimes(result)).toEqual(withoutTimes(whole.result));
  // What was trained before is not trained again.
  expect(resumed.events.some(({ type }) => type === 'metrics')).toBe(false);
});

test('without a feature network only the patch distance is measured', async () => {
  const context = await contextOf(await makeTrainedProject(), {});
  const { result } = await evaluate(context);
  const { curves } = result.comparison as unknown as Comparison;
  for (const { points, distances } of curves) {
    expect(distances).toBeUndefined();
    for (const { patchFd } of points) expect(patchFd).toBeGreaterThan(0);
  }
});

test('a network that cannot be used, or one image, ends the run before any training', async () => {
  const trained = await makeTrainedProject();
  for (const [evaluation, reason] of [
    [{ featureNetwork: network('nowhere.onnx') }, /nowhere\.onnx .*there is no such file/],
    [{ featureNetwork: network('means.onnx'), images: 1 }, /at least two held-out images; found 1\./],
  ] as const) {
    const context = await contextOf(trained, evaluation);
    const failed = evaluate(context);
    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(reason);
    expect(context.events.some(({ type }) => type === 'metrics')).toBe(false);
  }
});
