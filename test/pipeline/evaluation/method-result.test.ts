import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Curve } from '../../../src/pipeline/evaluation/comparison.ts';
import { MethodFiles } from '../../../src/pipeline/evaluation/method-result.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

const SIZE = 4;
const VALUES = SIZE * SIZE * 3;
const point = { steps: 0, seconds: 0, psnr: 20, ssim: 0.5, l1: 0.1, patchFd: 2 };
const curve: Curve = { method: 'fresh', points: [point] };

/** Images of whole levels, which 8 bits hold exactly. */
function images(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count * VALUES }, (_, i) => ((i * 7 + seed) % 256) / 127.5 - 1);
}

let folder: string;
let files: MethodFiles;
beforeEach(() => {
  folder = join(temporaryFolder(), 'run');
  mkdirSync(folder);
  files = new MethodFiles(folder, 'fresh', SIZE);
});

describe('the translations of a method', () => {
  test('are kept as they come, and given back with its result', async () => {
    const [start, end] = [images(3, 0), images(3, 100)];
    const made = await files.keep(['start', 'end'], async (put) => {
      await put(start.subarray(0, 2 * VALUES));
      await put(start.subarray(2 * VALUES));
      return 'measured';
    });
    expect(made).toBe('measured');
    await files.writePartial(curve);
    const partial = (await files.readPartial())!;
    expect(await partial.end.read(0, 3)).toEqual(start);

    await files.keep(['end'], (put) => put(end));
    await files.writeFinished({ ...curve, points: [point, { ...point, steps: 2 }] });
    expect(await files.readPartial()).toBeUndefined();
    const finished = (await files.readFinished())!;
    expect(finished.curve.points.map(({ steps }) => steps)).toEqual([0, 2]);
    expect(finished.start.count).toBe(3);
    expect(await finished.start.read(1, 2)).toEqual(start.subarray(VALUES));
    expect(await finished.end.read(0, 3)).toEqual(end);
  });

  test('stay as they were if measuring fails', async () => {
    await files.keep(['start', 'end'], (put) => put(images(1, 0)));
    await files.writePartial(curve);
    const failed = files.keep(['end'], async (put) => {
      await put(images(1, 50));
      throw new Error('stopped');
    });
    await expect(failed).rejects.toThrow('stopped');
    expect(await (await files.readPartial())!.end.read(0, 1)).toEqual(images(1, 0));
  });

  test('of an earlier version, which had them in the result, are read', async () => {
    const [start, end] = [images(2, 10), images(2, 20)];
    const text = (values: Float32Array) => Buffer.from(values.buffer).toString('base64');
    writeFileSync(join(folder, 'fresh.json'), JSON.stringify({ curve, start: text(start), end: text(end) }));
    // Once from the result, then from the files that were made of it.
    for (let i = 0; i < 2; i++) {
      const finished = (await files.readFinished())!;
      expect(await finished.start.read(0, 2)).toEqual(start);
      expect(await finished.end.read(0, 2)).toEqual(end);
    }
  });

  test('that are gone or damaged are named, with what to do about it', async () => {
    await files.keep(['start', 'end'], (put) => put(images(1, 0)));
    await files.writeFinished(curve);
    const path = join(folder, 'fresh.end.safetensors');
    const result = join(folder, 'fresh.json');
    const remedy = `Delete ${result} and resume: Fresh LoRA on the base is then trained again.`;
    const whole = readFileSync(path);
    const header = 8 + Number(whole.readBigUInt64LE());
    whole[header]! ^= 1;
    writeFileSync(path, whole);
    const { end } = (await files.readFinished())!;
    await expect(end.read(0, 1)).rejects.toThrow(`${path} is damaged. ${remedy}`);
    writeFileSync(path, whole.subarray(0, header));
    await expect(files.readFinished()).rejects.toThrow(`${path} is damaged. ${remedy}`);
    rmSync(path);
    await expect(files.readFinished()).rejects.toThrow(`${path} is gone. ${remedy}`);
    rmSync(result);
    expect(await files.readFinished()).toBeUndefined();
  });
});
