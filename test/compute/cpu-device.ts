import type { DeviceReport } from '../../src/compute/types.ts';

/** The CPU with one thread, as a device was chosen. */
export const CPU_DEVICE: DeviceReport = {
  device: 'cpu',
  executor: 'onnxruntime',
  threads: 1,
  reason: 'test',
  rejected: [],
};
