/** Loads a tfjs backend to run steps eagerly. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { registerGradients } from './gradients.ts';

export interface TfjsBackend {
  /** The name that tfjs knows it by. */
  readonly name: 'tensorflow' | 'cpu';
  readonly reason: string;
  /** Why the GPU backend was not chosen. */
  readonly rejected: readonly { device: string; reason: string }[];
}

/** Optional: its binary is downloaded outside npm and needs CUDA 11, so most machines do not have it. */
const NODE_GPU = '@tensorflow/tfjs-node-gpu';

const CPU_REASON = "tfjs's own CPU backend: correct, but hundreds of times slower than ONNX Runtime.";

let loaded: Promise<TfjsBackend> | undefined;

/** Why the GPU backend cannot be loaded. Finds out without loading it, which would bring a second copy of tfjs. */
function whyNoNodeGpu(): string | undefined {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve(`${NODE_GPU}/package.json`));
  } catch {
    return 'the package is not installed';
  }
  const binding = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
  return existsSync(binding)
    ? undefined
    : 'its native binding is not installed (its install script downloads it)';
}

async function load(): Promise<TfjsBackend> {
  let obstacle = whyNoNodeGpu();
  if (obstacle === undefined) {
    try {
      await import(NODE_GPU);
      registerGradients();
      return { name: 'tensorflow', reason: `${NODE_GPU} is installed and loads.`, rejected: [] };
    } catch (error) {
      registerGradients();
      obstacle = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    }
  }
  await import('@tensorflow/tfjs-backend-cpu');
  return {
    name: 'cpu',
    reason: CPU_REASON,
    rejected: [{ device: NODE_GPU, reason: obstacle }],
  };
}

/** The backend that the tfjs executor uses, loaded once. */
export function loadTfjsBackend(): Promise<TfjsBackend> {
  loaded ??= load();
  return loaded;
}

/** Says which backend the tfjs executor would use, without loading it. */
export function tfjsOutlook(): string {
  const obstacle = whyNoNodeGpu();
  return obstacle === undefined ? `${NODE_GPU} is installed.` : `${CPU_REASON} (${NODE_GPU}: ${obstacle}.)`;
}
