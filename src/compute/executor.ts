/** Makes the executor for a device. */

import { OnnxExecutor } from './run/onnx-executor.ts';
import { ResidentExecutor } from './run/resident-executor.ts';
import { TfjsExecutor } from './run/tfjs-executor.ts';
import { loadTfjsBackend } from './tfjs/backend.ts';
import { compile } from './trace/compile.ts';
import type { Executor, ExecutorOptions, StepDefinition } from './types.ts';

/**
 * Compiles a step for `options.device` and loads its initial state: onto the device for WebGPU, into host memory
 * otherwise. tfjs runs the step eagerly.
 */
export async function createExecutor(
  definition: StepDefinition,
  options: ExecutorOptions,
): Promise<Executor> {
  const { device, executor } = options.device;
  if (executor === 'tfjs') return TfjsExecutor.create(definition, options, (await loadTfjsBackend()).name);
  if (device === 'webgpu') return ResidentExecutor.create(definition, options);
  return OnnxExecutor.create(compile(definition), options);
}
