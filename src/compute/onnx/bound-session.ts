/** Bound sessions of ONNX Runtime, through its C interface (native-session.ts) or its Node binding. */
import type * as Ort from 'onnxruntime-node';
import type { DeviceReport } from '../types.ts';
import type { Binding, BoundSession } from './binding.ts';
import { createNativeSession } from './native-session.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { ort } from './runtime.ts';
import { createDeviceSession } from './session.ts';

function tensorOf({ data, dims }: Binding): Ort.Tensor {
  return new ort.Tensor(data instanceof Float32Array ? 'float32' : 'int32', data, dims);
}

/**
 * A bound session through the Node binding, which copies every output to a new array: one more copy takes it to its
 * place.
 */
function bindingSession(
  session: Ort.InferenceSession,
  inputs: readonly Binding[],
  outputs: readonly Binding[],
): BoundSession {
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, tensorOf(input)]));
  const names = outputs.map(({ name }) => name);
  return {
    run: async () => {
      const results = await session.run(feeds, names);
      for (const { name, data } of outputs) data.set(results[name]!.data as Float32Array);
    },
    release: () => session.release(),
  };
}

/**
 * Creates a session: on the CPU through the C interface if that works here, otherwise, and on other devices, through
 * the Node binding.
 * @param inputs may hold inputs that the graph does not use, which are left out
 */
export async function createBoundSession(
  graph: OnnxGraph,
  name: string,
  device: DeviceReport,
  inputs: readonly Binding[],
  outputs: readonly Binding[],
): Promise<{ session: BoundSession; warnings: readonly string[] }> {
  const used = new Set(graph.nodes.flatMap((node) => node.inputs));
  const fed = inputs.filter((input) => used.has(input.name));
  const native =
    device.device === 'cpu' && (await createNativeSession(graph, name, device.threads, fed, outputs));
  if (native) return { session: native, warnings: [] };
  const { session, warnings } = await createDeviceSession(graph, name, device);
  return { session: bindingSession(session, fed, outputs), warnings };
}
