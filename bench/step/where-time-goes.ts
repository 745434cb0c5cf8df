/** Prints, as JSON, how the time of a workload's step is divided: where-time-goes <workload> <threads> [<runs>] */
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import { HostAdam } from '../../src/compute/optimizer/host-adam.ts';
import type { AdamOptions } from '../../src/compute/types.ts';
import { PARTS, type Part, partOf } from './parts.ts';
import { profileWorkload } from './profile.ts';
import { median } from './statistics.ts';
import { WORKLOADS } from './workloads.ts';

/** Milliseconds of one update of a group's values, by the kernel that the executor uses. */
function optimizerMilliseconds(values: Float32Array, options: AdamOptions): number {
  const adam = new HostAdam(values, options);
  const times: number[] = [];
  for (let run = 0; run < 7; run++) {
    const start = performance.now();
    adam.update({ rate: 1e-4, step: 1e-4, scale: 1, decay: 0 });
    times.push(performance.now() - start);
  }
  return median(times);
}

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
parts.optimizer = Object.entries(workload.optimizers)
  .map(([group, options]) => optimizerMilliseconds(workload.values[group]!, options))
  .reduce((sum, milliseconds) => sum + milliseconds, 0);
// The rest: copying the batch in and results out, and the runtime between its operators.
const inside = parts.optimizer + profile.nodes.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
parts.between = Math.max(0, median(whole.slice(2)) - inside);
process.stdout.write(`${JSON.stringify({ parts, nodes: profile.nodes })}\n`);
