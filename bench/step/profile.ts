/** Where a step's time goes: the runtime's own profile, with nodes grouped by what they were lowered from. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { parameterName, viewParameters } from '../../src/compute/layout.ts';
import { lower } from '../../src/compute/lower/lower.ts';
import { loweringTarget } from '../../src/compute/lower/target.ts';
import { ort } from '../../src/compute/onnx/runtime.ts';
import { createSession } from '../../src/compute/onnx/session.ts';
import { compile } from '../../src/compute/trace/compile.ts';
import type { DeviceReport } from '../../src/compute/types.ts';
import { median } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface NodeTime {
  readonly name: string;
  /** The operation it was lowered from: "backward/Conv2DBackpropFilter". */
  readonly origin: string;
  readonly op: string;
  /** Milliseconds per step, the median over the profiled steps. */
  readonly milliseconds: number;
  /** Shapes of the inputs, as printed by the runtime. */
  readonly shapes: string;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args: Record<string, unknown>;
}

const SUFFIX = '_kernel_time';

/**
 * A node's origin. The runtime names the nodes that its optimizer creates after one of their outputs or after the node
 * that they replace; a layout change that it inserts counts as `runtime`.
 */
function originOf(name: string, outputs: ReadonlyMap<string, string>): string {
  const [first, second] = name.split('/');
  if (second !== undefined) return `${first}/${second}`;
  return outputs.get(/^v\d+/.exec(name)?.[0] ?? '') ?? 'runtime';
}

/** Runs a workload's graph without the optimizer and returns each node's time. */
export async function profileWorkload(
  { step, values, inputs }: Workload,
  device: DeviceReport,
  runs: number,
): Promise<{ nodes: NodeTime[] }> {
  const { graph } = lower(compile(step).step, step.parameters, await loweringTarget('cpu'));
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  try {
    const session = await createSession(graph, step.name, device, {
      enableProfiling: true,
      profileFilePrefix: join(folder, 'step'),
    });
    const feeds: Record<string, Ort.Tensor> = {};
    const used = new Set(session.inputNames);
    for (const [group, layout] of Object.entries(step.parameters)) {
      const views = viewParameters(layout, values[group]!);
      for (const { name, shape } of layout.entries) {
        const input = parameterName(group, name);
        if (used.has(input)) feeds[input] = new ort.Tensor('float32', views[name]!, shape);
      }
    }
    for (const [name, { shape, dtype }] of Object.entries(step.inputs)) {
      if (used.has(name)) feeds[name] = new ort.Tensor(dtype ?? 'float32', inputs[name]!, shape);
    }
    for (let run = 0; run < runs + 2; run++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file] = readdirSync(folder);
    const events = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as ProfileEvent[];
    const origins = new Map(
      graph.nodes.flatMap(({ outputs, origin }) => outputs.map((output) => [output, origin])),
    );
    const warm = events.filter(({ cat }) => cat === 'Node');
    const byName = new Map<string, { op: string; shapes: string; times: number[] }>();
    for (const { name, dur, args } of warm) {
      if (!name.endsWith(SUFFIX)) continue;
      const key = name.slice(0, -SUFFIX.length);
      const entry = byName.get(key) ?? { op: String(args.op_name), shapes: '', times: [] };
      entry.times.push(dur / 1000);
      entry.shapes = JSON.stringify(args.input_type_shape ?? '');
      byName.set(key, entry);
    }
    return {
      nodes: [...byName].map(([name, { op, shapes, times }]) => ({
        name,
        origin: originOf(name, origins),
        op,
        shapes,
        milliseconds: median(times.slice(2)),
      })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
