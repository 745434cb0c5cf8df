/**
 * Does memory stay flat, and do steps wait for images? npm run bench -- soak [steps]
 * Trains a small GAN on random pairs for 10,000 steps and prints the process's memory along the way. Then measures how
 * long it takes to assemble one batch, compared with a step at the sizes of the step benchmark.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { selectDevice } from '../../src/compute/devices.ts';
import { createExecutor } from '../../src/compute/executor.ts';
import { defaultThreads } from '../../src/compute/run/threads.ts';
import type { AdamOptions } from '../../src/compute/types.ts';
import { ImageFileWriter } from '../../src/data/image-file-writer.ts';
import { PairBatches, type PairSet } from '../../src/data/pair-batches.ts';
import { Random } from '../../src/data/random.ts';
import { ImageRows } from '../../src/data/stored-images.ts';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import { fullTrainingStep } from '../../src/models/gan-steps.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { openImageFile } from '../../src/project/images/image-file.ts';

const steps = Number(process.argv[2] ?? 10_000);
const reports = 10;
const imageSize = 32;
const batchSize = 2;

/** Pairs of random bytes in files. */
async function randomPairs(count: number, side: number): Promise<PairSet> {
  const random = new Random(side);
  const image = () => Uint8Array.from({ length: side * side * 3 }, () => random.int(256));
  const images = async (name: string) => {
    const path = join(folder, `${name}-${side}.safetensors`);
    await ImageFileWriter.write(path, side, async (writer) => {
      while (writer.count < count) await writer.append(image());
      return {};
    });
    const file = await openImageFile(path, z.object({}));
    return new ImageRows(
      file,
      Array.from({ length: count }, (_, i) => i),
    );
  };
  return { count, source: await images('source'), target: await images('target') };
}

const folder = mkdtempSync(join(tmpdir(), 'dnw-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const mebibytes = () => process.memoryUsage().rss / 2 ** 20;

const generator = createImageGenerator({
  kind: 'e2gan',
  channels: 16,
  imageSize,
  norm: 'instance',
  transformerHeads: 4,
});
const discriminator = createDiscriminator({ channels: 16, layers: 2 });
const adam: AdamOptions = { kind: 'adam', beta1: 0.5, beta2: 0.999 };
const executor = await createExecutor(
  fullTrainingStep({ generator, discriminator, batchSize, loss: 'lsgan', lambdaL1: 100 }),
  {
    device: await selectDevice('cpu', defaultThreads()),
    values: { generator: generator.initial(1), discriminator: discriminator.initial(2) },
    optimizers: { generator: adam, discriminator: adam },
  },
);
const batches = new PairBatches([await randomPairs(64, imageSize)], {
  storedSize: imageSize,
  size: imageSize,
  batchSize,
  flip: true,
  seed: 1,
});
let waiting = 0;
const begun = performance.now();
for (let step = 0; step < steps; step++) {
  const start = performance.now();
  const { source, target } = await batches.batch(step);
  waiting += performance.now() - start;
  await executor.run({ source, target }, { generator: 2e-4, discriminator: 2e-4 });
  if ((step + 1) % Math.ceil(steps / reports) === 0) {
    console.log(`after ${step + 1} steps: ${mebibytes().toFixed(0)} MiB`);
  }
}
const elapsed = performance.now() - begun;
console.log(
  `${steps} steps of ${(elapsed / steps).toFixed(2)} ms; ${((100 * waiting) / elapsed).toFixed(2)} % of the time waiting for batches`,
);
await executor.dispose();

for (const [size, batch] of [
  [256, 1],
  [64, 4],
] as const) {
  const stored = size + 30;
  const pairs = new PairBatches([await randomPairs(8, stored)], {
    storedSize: stored,
    size,
    batchSize: batch,
    flip: true,
    seed: 1,
  });
  const start = performance.now();
  const count = 100;
  for (let index = 0; index < count; index++) await pairs.batch(index);
  console.log(
    `a batch of ${batch} pairs of ${size} x ${size}: ${((performance.now() - start) / count).toFixed(2)} ms`,
  );
}
