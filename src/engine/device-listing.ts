import { dependencies, version } from '../../package.json';
import { selectDevice } from '../compute/devices.ts';
import type { DeviceName } from '../compute/types.ts';
import type { DevicesResult } from '../protocol/serve.ts';

/** What a device name stands for on this machine, and what else was considered. */
export async function listDevices(name: DeviceName, threads: number): Promise<DevicesResult> {
  const { device, executor, threads: used, reason, rejected } = await selectDevice(name, threads);
  return {
    selected: { device, executor, threads: used, reason },
    considered: [
      { device, usable: true, reason },
      ...rejected.map((other) => ({ device: other.device, usable: false, reason: other.reason })),
    ],
    versions: {
      dnw: version,
      node: process.versions.node,
      'onnxruntime-node': dependencies['onnxruntime-node'],
    },
  };
}
