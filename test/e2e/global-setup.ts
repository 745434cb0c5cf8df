import type { TestProject } from 'vitest/node';
import { makeTrainedProject } from './trained-project.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A project trained as far as denoised weights; scenarios copy it. */
    trainedProject: string;
  }
}

export default async function setup(vitest: TestProject): Promise<void> {
  vitest.provide('trainedProject', await makeTrainedProject());
}
