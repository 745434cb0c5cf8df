/**
 * One workload on one of our executors, controlled over standard input and output like the PyTorch reference:
 * {"steps": n} answers with each step's milliseconds and outputs, {"memory": true} with the process's peak.
 * own-engine <workload> <cpu | tfjs | webgpu> <threads>
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import type { DeviceName } from '../../src/compute/types.ts';
import { WORKLOADS } from './workloads.ts';

const [name, device, threads] = process.argv.slice(2) as [string, DeviceName, string];

/** The process's peak resident memory so far, in bytes. */
function peakBytes(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return kilobytes ? Number(kilobytes) * 1024 : process.resourceUsage().maxRSS * 1024;
}

const answer = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

const { step, values, optimizers, learningRates, inputs } = WORKLOADS[name]!();
const report = await selectDevice(device, Number(threads));
const begun = performance.now();
const executor = await createExecutor(step, { device: report, values, optimizers });
answer({
  ready: true,
  compileMilliseconds: performance.now() - begun,
  version: report.executor,
  warnings: executor.warnings ?? [],
});

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as { steps?: number; memory?: true };
  if (request.memory) {
    answer({ peakBytes: peakBytes() });
    continue;
  }
  const milliseconds: number[] = [];
  const outputs: Record<string, number>[] = [];
  for (let index = 0; index < request.steps!; index++) {
    const start = performance.now();
    const result = await executor.run(inputs, learningRates);
    milliseconds.push(performance.now() - start);
    outputs.push(Object.fromEntries(Object.entries(result).map(([key, data]) => [key, data[0]!])));
  }
  answer({ milliseconds, outputs });
}
await executor.dispose();
