/** Prints, as JSON, how a workload's step divides its time: where-time-goes <workload> <threads> [<runs>] */
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import { PARTS, type Part, partOf } from './parts.ts';
import { profileWorkload } from './profile.ts';
import { median } from './statistics.ts';
import { WORKLOADS } from './workloads.ts';

const [name, threads, runs = '7'] = process.argv.slice(2) as [string, string, string?];
const workload = WORKLOADS[name]!();
const device = await selectDevice('cpu', Number(threads));
const profile = await profileWorkload(workload, device, Number(runs));
const executor = await createExecutor(workload.step, {
  device,
  values: workload.values,
  optimizers: workload.optimizers,
});
const whole: number[] = [];
for (let run = 0; run < Number(runs) + 2; run++) {
  const start = performance.now();
  await executor.run(workload.inputs, workload.learningRates);
  whole.push(performance.now() - start);
}
await executor.dispose();
const parts: Record<Part, number> = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<
  Part,
  number
>;
for (const node of profile.nodes) parts[partOf(node)] += node.milliseconds;
parts.copies = Math.max(0, profile.runMilliseconds - profile.insideMilliseconds);
parts.optimiser = Math.max(0, median(whole.slice(2)) - profile.runMilliseconds);
process.stdout.write(`${JSON.stringify({ parts, nodes: profile.nodes })}\n`);
