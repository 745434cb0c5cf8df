/** Run by webgpu.long.test.ts in a process of its own: trains a few steps on WebGPU, prints what came of it. */
import { selectDevice } from '../../../src/compute/devices.ts';
import { createExecutor } from '../../../src/compute/executor.ts';
import { batchOf, initialValues, learningRates, muonOptimizers, smallStep } from '../small-step.ts';

const automatic = await selectDevice('auto', 2);
const device = await selectDevice('webgpu', 2);
const executor = await createExecutor(smallStep, {
  device,
  values: initialValues(),
  optimizers: muonOptimizers,
});
const losses: number[] = [];
for (let step = 0; step < 3; step++) {
  // The second step leaves the discriminator as it is.
  const rates = step === 1 ? { generator: learningRates.generator } : learningRates;
  const outputs = await executor.run(batchOf(step), rates);
  losses.push(outputs['loss/generator']![0]!, outputs['loss/discriminator']![0]!);
}
const generator = await executor.state('generator');
const discriminator = await executor.state('discriminator');
await executor.load('generator', generator);
const reloaded = await executor.state('generator');
await executor.dispose();
console.log(
  JSON.stringify({
    automatic,
    warnings: executor.warnings,
    losses,
    stepCounts: [generator.stepCount, discriminator.stepCount],
    generator: [...generator.values],
    moment2: [...generator.moment2!],
    discriminator: [...discriminator.values],
    reloads: generator.values.every((value, index) => value === reloaded.values[index]),
  }),
);
