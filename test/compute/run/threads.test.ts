import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { selectDevice } from '../../../src/compute/devices.ts';
import { defaultThreads, physicalCores } from '../../../src/compute/run/threads.ts';

test('hardware threads of one core count once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpus-'));
  try {
    for (const [cpu, siblings] of ['0,2', '1,3', '0,2', '1,3'].entries()) {
      mkdirSync(join(folder, `cpu${cpu}`, 'topology'), { recursive: true });
      writeFileSync(join(folder, `cpu${cpu}`, 'topology', 'thread_siblings_list'), `${siblings}\n`);
    }
    mkdirSync(join(folder, 'cpufreq'));
    expect(physicalCores(folder)).toBe(2);
    expect(physicalCores(join(folder, 'cpufreq'))).toBeUndefined();
    expect(physicalCores(join(folder, 'nowhere'))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a device that was given no number of threads says how many it takes', async () => {
  const threads = defaultThreads();
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(threads).toBeLessThanOrEqual(availableParallelism());
  expect(await selectDevice('cpu', 0)).toMatchObject({ threads });
});
