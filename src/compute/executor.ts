/** Makes the executor for a device. */
import { compile } from './compile.ts';
import { OnnxExecutor } from './onnx-executor.ts';
import { ResidentExecutor } from './resident-executor.ts';
import { loadTfjsBackend } from './tfjs-backend.ts';
import { TfjsExecutor } from './tfjs-executor.ts';
import type { Executor, ExecutorOptions, StepDefinition } from './types.ts';

/**
 * Compiles a step for `options.device` and loads its initial state: with the state on the device for
 * WebGPU, in host memory for the other engines of ONNX Runtime, eagerly for tfjs.
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
