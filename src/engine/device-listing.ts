import { dependencies, version } from '../../package.json';
import { selectDevice, surveyDevices } from '../compute/devices.ts';
import type { DeviceName } from '../compute/types.ts';
import type { DevicesResult } from '../protocol/serve.ts';

/** The device that a name selects on this machine, and whether each other device is usable. */
export async function listDevices(name: DeviceName, threads: number): Promise<DevicesResult> {
  const report = await selectDevice(name, threads);
  const { device, executor, threads: used, reason } = report;
  return {
    selected: { device, executor, threads: used, reason },
    considered: await surveyDevices(report),
    versions: {
      dnw: version,
      node: process.versions.node,
      'onnxruntime-node': dependencies['onnxruntime-node'],
    },
  };
}
