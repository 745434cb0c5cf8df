/** Sessions of ONNX Runtime, set up for training steps. */
import type * as Ort from 'onnxruntime-node';
import type { DeviceReport } from '../types.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { writeModel } from './onnx-writer.ts';
import { ort } from './runtime.ts';

type Where = Pick<DeviceReport, 'device' | 'threads'>;

/** ONNX Runtime's name of the execution provider for each device. */
export const PROVIDERS = {
  cpu: 'cpu',
  cuda: 'cuda',
  webgpu: 'webgpu',
  directml: 'dml',
  coreml: 'coreml',
} as const;

export type OnnxDevice = keyof typeof PROVIDERS;

/** Entries of a session's configuration by their full names, which the Node binding takes too. */
export const SESSION_SETTINGS = {
  // Threads wait actively for the next operator, but only while their session runs: steps of a thousand small
  // operators gain 2 to 8 %, and idle sessions would otherwise take the cores of the one that works.
  'session.intra_op.allow_spinning': '1',
  'session.force_spinning_stop': '1',
  // Saturated activations decay into denormals, which are 100x slower.
  'session.set_denormal_as_zero': '1',
} as const;

export function sessionOptions(device: OnnxDevice, threads: number): Ort.InferenceSession.SessionOptions {
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [PROVIDERS[device], 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // With a plan in one piece, a step takes half as much memory again (256 x 256 LoRA: 1670 MiB, not 1070) and is no
    // faster.
    enableMemPattern: false,
    // Errors only: the runtime warns of every node that an engine leaves to the CPU; we report that ourselves.
    logSeverityLevel: 3,
    extra: SESSION_SETTINGS,
  };
}

export async function createSession(
  graph: OnnxGraph,
  name: string,
  device: Where,
  overrides: Ort.InferenceSession.SessionOptions = {},
): Promise<Ort.InferenceSession> {
  const model = writeModel(graph, { name });
  const options = sessionOptions(device.device as OnnxDevice, device.threads);
  return ort.InferenceSession.create(model, { ...options, ...overrides });
}

/** With this setting, ONNX Runtime refuses a graph rather than giving some of its nodes to the CPU. */
const NO_FALLBACK = 'session.disable_cpu_ep_fallback';

/**
 * Creates a session whose every node should run on the device. If the engine cannot run some of them, they run on the
 * CPU, with copies in between, and a warning says so.
 */
export async function createDeviceSession(
  graph: OnnxGraph,
  name: string,
  device: DeviceReport,
  overrides: Ort.InferenceSession.SessionOptions = {},
): Promise<{ session: Ort.InferenceSession; warnings: readonly string[] }> {
  if (device.device === 'cpu')
    return { session: await createSession(graph, name, device, overrides), warnings: [] };
  const strict = { ...SESSION_SETTINGS, [NO_FALLBACK]: '1' };
  try {
    return {
      session: await createSession(graph, name, device, { ...overrides, extra: strict }),
      warnings: [],
    };
  } catch (error) {
    if (!String(error).includes('fallback')) throw error;
    const session = await createSession(graph, name, device, overrides);
    const warning = `Some operators of the step ${name} are not supported by ${device.device} and run on the CPU: expect it to be slow.`;
    return { session, warnings: [warning] };
  }
}
