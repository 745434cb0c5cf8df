/** Chooses the engine that computes, and says why. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../project/user-error.ts';
import { OnnxGraph } from './onnx/onnx-graph.ts';
import { ort } from './onnx/runtime.ts';
import { createDeviceSession, type OnnxDevice, PROVIDERS } from './onnx/session.ts';
import { defaultThreads } from './run/threads.ts';
import { loadTfjsBackend, tfjsOutlook } from './tfjs/backend.ts';
import type { DeviceName, DeviceReport } from './types.ts';

/** What `auto` tries, best first. */
const AUTOMATIC = ['cuda', 'webgpu'] as const;

const REMEDY: Record<Exclude<OnnxDevice, 'cpu'>, string> = {
  cuda: 'Install a CUDA build of ONNX Runtime: `npm rebuild onnxruntime-node --ignore-scripts=false` with network access, CUDA 12 and cuDNN 9.',
  webgpu: 'WebGPU needs a GPU driver: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS.',
  directml: 'DirectML is part of ONNX Runtime on Windows only.',
  coreml: 'Core ML is part of ONNX Runtime on macOS only.',
};

/** Matches the Vulkan manifests of drivers that compute on the CPU. */
const SOFTWARE_DRIVERS = /swiftshader|lvp|llvmpipe|lavapipe/i;

/** Why WebGPU certainly has no GPU here, judged without asking a driver; undefined if it may have one. */
function whyNoHardware(): string | undefined {
  const manifests = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (manifests && SOFTWARE_DRIVERS.test(manifests)) {
    return `the Vulkan driver ${manifests} computes on the CPU, slower than the CPU engine`;
  }
  if (process.platform !== 'linux') return undefined;
  const nodes = ['/dev/dri/renderD128', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'];
  return nodes.some((node) => existsSync(node))
    ? undefined
    : `no GPU is visible to this process (none of ${nodes.join(', ')} exists)`;
}

/** Why ONNX Runtime's binary lacks an engine; undefined if it has it. */
function whyNotBuilt(device: Exclude<OnnxDevice, 'cpu'>): string | undefined {
  const provider = PROVIDERS[device];
  const known = ort.listSupportedBackends().find(({ name }) => name === provider);
  if (!known) return `ONNX Runtime for ${process.platform} ${process.arch} has no such engine`;
  if (known.bundled) return undefined;
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const library =
    process.platform === 'win32'
      ? `onnxruntime_providers_${provider}.dll`
      : `libonnxruntime_providers_${provider}.so`;
  const folder = join(dirname(dirname(entry)), 'bin', 'napi-v6', process.platform, process.arch);
  return existsSync(join(folder, library)) ? undefined : `ONNX Runtime's library ${library} is not installed`;
}

/** Why a device does not run even one operator; undefined if it does. */
async function whyNotRunning(report: DeviceReport): Promise<string | undefined> {
  const graph = new OnnxGraph();
  graph.output('y', graph.add('Relu', [graph.input('x', 'float32', [4])]), 'float32', [4]);
  try {
    const { session, warnings } = await createDeviceSession(graph, 'probe', report);
    await session.release();
    return warnings[0];
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0];
  }
}

async function tryDevice(
  device: Exclude<OnnxDevice, 'cpu'>,
  threads: number,
  automatic: boolean,
): Promise<DeviceReport | { readonly rejected: string }> {
  const obstacle = whyNotBuilt(device) ?? (automatic && device === 'webgpu' ? whyNoHardware() : undefined);
  if (obstacle) return { rejected: obstacle };
  const reason = automatic ? 'The fastest device that works.' : 'The config names it.';
  const report: DeviceReport = { device, executor: 'onnxruntime', threads, reason, rejected: [] };
  const failure = await whyNotRunning(report);
  return failure ? { rejected: failure } : report;
}

/**
 * Selects a device: the one of this name, or for `auto` the first that works of CUDA, WebGPU on a real GPU, and
 * the CPU. The report says which devices were rejected and why.
 * @param wanted threads of the CPU engine, also for operators that a GPU engine leaves to it; 0: one per physical core
 * @throws UserError if a named device does not work, with the reason and the remedy
 */
export async function selectDevice(name: DeviceName, wanted: number): Promise<DeviceReport> {
  // The number that is reported is the one that runs: results depend on it.
  const threads = wanted || defaultThreads();
  if (name === 'tfjs') {
    const { reason, rejected } = await loadTfjsBackend();
    return { device: 'tfjs', executor: 'tfjs', threads, reason, rejected };
  }
  const cpu = { device: 'cpu', executor: 'onnxruntime', threads } as const;
  if (name === 'cpu') return { ...cpu, reason: 'The config names it.', rejected: [] };
  if (name !== 'auto') {
    const result = await tryDevice(name, threads, false);
    if ('device' in result) return result;
    throw new UserError(
      'device',
      `The device ${name} does not work here: ${result.rejected}. ${REMEDY[name]} Or set the device to auto.`,
    );
  }
  const rejected: { device: string; reason: string }[] = [];
  for (const device of AUTOMATIC) {
    const result = await tryDevice(device, threads, true);
    if ('device' in result) return { ...result, rejected };
    rejected.push({ device, reason: result.rejected });
  }
  return { ...cpu, reason: 'No GPU engine works here.', rejected };
}

/** Whether one device can be used. */
export interface DeviceFinding {
  readonly device: Exclude<DeviceName, 'auto'>;
  readonly usable: boolean;
  readonly reason: string;
  /** How to make it usable; absent for usable devices. */
  readonly remedy?: string;
}

/**
 * Surveys every device. Devices that the selection tried are reported as it found them; the others are tried now.
 * Nothing that is tried stays loaded.
 */
export async function surveyDevices({
  device: selected,
  reason,
  rejected,
  threads,
}: DeviceReport): Promise<DeviceFinding[]> {
  const findings: DeviceFinding[] = [];
  for (const device of ['cuda', 'webgpu', 'directml', 'coreml'] as const) {
    if (device === selected) {
      findings.push({ device, usable: true, reason });
      continue;
    }
    const known = rejected.find((other) => other.device === device)?.reason;
    const found = known === undefined ? await tryDevice(device, threads, true) : { rejected: known };
    findings.push(
      'device' in found
        ? { device, usable: true, reason: 'It works here.' }
        : { device, usable: false, reason: found.rejected, remedy: REMEDY[device] },
    );
  }
  const always = (device: 'cpu' | 'tfjs', otherwise: string): DeviceFinding => ({
    device,
    usable: true,
    reason: device === selected ? reason : otherwise,
  });
  return [...findings, always('cpu', 'It works everywhere.'), always('tfjs', tfjsOutlook())];
}
