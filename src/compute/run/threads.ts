/** The default number of threads. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const LINUX_CPUS = '/sys/devices/system/cpu';

/**
 * One thread for each physical core that this process may use: the second hardware thread of a core adds nothing
 * to matrix products. ONNX Runtime would choose the same number but does not report it, and it sums in another order
 * with another number of threads: to repeat a result, the number must be known.
 */
export function defaultThreads(): number {
  const available = availableParallelism();
  return Math.max(1, Math.min(available, physicalCores(LINUX_CPUS) ?? available));
}

/**
 * Counts the cores in Linux's list of CPUs, where those of one core name the same siblings; undefined without a list.
 */
export function physicalCores(cpuFolder: string): number | undefined {
  try {
    const cpus = readdirSync(cpuFolder).filter((name) => /^cpu\d+$/.test(name));
    const siblings = cpus.map((cpu) =>
      readFileSync(join(cpuFolder, cpu, 'topology/thread_siblings_list'), 'utf8').trim(),
    );
    return siblings.length > 0 ? new Set(siblings).size : undefined;
  } catch {
    // No Linux, or a sandbox without this folder; a CPU that is switched off has no topology either.
    return undefined;
  }
}
