/**
 * The single entry point to tfjs-core. Its package entry for Node is CommonJS and registers no gradients, so the
 * ES module is bundled (esbuild and Vitest resolve `module` first) and its gradients are registered here.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { registerGradients } from './gradients.ts';

export * from '@tensorflow/tfjs-core';
export * as kernelNames from '@tensorflow/tfjs-core/dist/kernel_names.js';

registerGradients();
// Otherwise tfjs advises users, on standard error, to install another backend.
enableProdMode();
