import { readdirSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { ServeClient } from '../../src/extension/engine/serve-client.ts';
import { readSafetensorsHeader } from '../../src/project/disk/safetensors-header.ts';
import { UserError } from '../../src/project/user-error.ts';
import type { LoraSpectrum, TensorScanProgress, TensorStatistics } from '../../src/protocol/tensors.ts';
import { float32, safetensorsBytes } from '../data/safetensors-bytes.ts';
import { temporaryFolder } from '../temporary-folders.ts';
import { Engine, type RunningEngine } from './engine-process.ts';

const MIB = 2 ** 20;

let folder: string;
let client: ServeClient;
let running: RunningEngine;
beforeAll(async () => {
  const engine = await Engine.build();
  folder = temporaryFolder();
  // The extension's own client, on the engine as it ships.
  client = new ServeClient(
    () => {
      running = engine.start(['serve', '--device', 'cpu', '--threads', '1']);
      return running.process;
    },
    () => {},
    () => ({ projects: [], files: readdirSync(folder).map((name) => join(folder, name)) }),
  );
});
afterAll(async () => {
  client.stop();
  await running.finished;
});

async function file(name: string, ...bytes: Parameters<typeof safetensorsBytes>): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, safetensorsBytes(...bytes));
  return path;
}

/** A header, then nothing but a hole: a quarter of a gibibyte that takes no room on the disk. */
async function sparseFile(): Promise<string> {
  const path = join(folder, 'large.safetensors');
  const [tensors, size] = [64, 4 * MIB];
  const entries = Array.from({ length: tensors }, (_, i) => [
    `layers.${i}.weight`,
    { dtype: 'F16', shape: [1024, size / 2 / 1024], data_offsets: [i * size, (i + 1) * size] },
  ]);
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = await open(path, 'w');
  await handle.write(Buffer.concat([length, json]));
  await handle.truncate(8 + json.length + tensors * size);
  await handle.close();
  return path;
}

async function scan(path: string) {
  const tensors: TensorStatistics[] = [];
  const spectra: LoraSpectrum[] = [];
  const reports: TensorScanProgress[] = [];
  await client.request('tensorStatistics', { file: path }, undefined, (progress) => {
    reports.push(progress);
    tensors.push(...progress.tensors);
    spectra.push(...progress.spectra);
  });
  return { tensors, spectra, reports };
}

/** Most memory that a process ever held, in bytes, as Linux counts it. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

test('statistics and spectra come before the answer, tensor by tensor', async () => {
  const path = await file('lora.safetensors', {
    'x.lora_A.weight': float32([1, 2], [3, 4]),
    'x.lora_B.weight': float32([2, 1], [0, 2]),
    holes: float32([3], [NaN, Infinity, 0]),
  });
  const { tensors, spectra, reports } = await scan(path);
  expect(tensors.map(({ name }) => name)).toEqual(['x.lora_A.weight', 'x.lora_B.weight', 'holes']);
  expect(tensors[2]).toMatchObject({ nan: 1, inf: 1, zeros: 1 });
  // [0, 2] times [3, 4]: one singular value, 2 · 5.
  expect(spectra).toMatchObject([{ layer: 'x', rank: 1, values: [expect.closeTo(10, 9)] }]);
  expect(reports.at(-1)!.done).toBe(reports.at(-1)!.total);
  const histogram = await client.request('tensorHistogram', {
    file: path,
    tensor: 'x.lora_A.weight',
    bins: 4,
  });
  expect(histogram).toEqual({ edges: [3, 3.25, 3.5, 3.75, 4], counts: [1, 0, 0, 1] });
  const other = await file('other.safetensors', { holes: float32([3], [1, 1, 3]), new: float32([0], []) });
  const differences: unknown[] = [];
  const unmatched = await client.request(
    'compareTensors',
    { file: path, second: other },
    undefined,
    (progress) => {
      differences.push(...progress.differences);
    },
  );
  expect(differences).toEqual([{ name: 'holes', distance: 3, nonFinite: 2 }]);
  expect(unmatched).toEqual({
    onlyFirst: ['x.lora_A.weight', 'x.lora_B.weight'],
    onlySecond: ['new'],
    mismatched: [],
  });
});

test('what is wrong with a file comes back as something the user can fix', async () => {
  const path = join(folder, 'broken.safetensors');
  await writeFile(path, safetensorsBytes({ a: { ...float32([1], [1]), dtype: 'Q4' } }));
  const answer = scan(path);
  await expect(answer).rejects.toBeInstanceOf(UserError);
  await expect(answer).rejects.toThrow(/tensor 'a': dtype/);
  await expect(client.request('tensorHistogram', { file: path, tensor: 'a', bins: 1 })).rejects.toThrow(
    /params\.bins: .*>=4/,
  );
});

test('a quarter of a gibibyte: the header at once, the values in bounded memory, other requests meanwhile, an end when canceled', async () => {
  const path = await sparseFile();
  // What the engine holds once it is warm.
  await scan(await file('small.safetensors', { a: float32([1], [1]) }));
  const pid = running.process.pid!;
  const warm = await peakMemory(pid);

  const before = process.memoryUsage().rss;
  const start = performance.now();
  const { tensors } = await readSafetensorsHeader(path);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * MIB);
  expect(tensors.size).toBe(64);

  const order: string[] = [];
  const whole = scan(path).then((result) => {
    order.push('whole');
    return result;
  });
  await client.request('tensorHistogram', { file: path, tensor: 'layers.63.weight', bins: 4 });
  order.push('histogram');
  const { tensors: statistics, reports } = await whole;
  expect(order).toEqual(['histogram', 'whole']);
  expect(statistics).toHaveLength(64);
  expect(statistics.every(({ zeros }) => zeros === 2 * MIB)).toBe(true);
  expect(reports.length).toBeGreaterThan(2);
  expect((await peakMemory(pid)) - warm).toBeLessThan(64 * MIB);

  const source = new CancellationTokenSource();
  const cancelled = client.request('tensorStatistics', { file: path }, source.token, ({ done, total }) => {
    // Half-way at most: it was not read to its end.
    if (done < total / 2) source.cancel();
  });
  await expect(cancelled).rejects.toThrow('canceled');
});
