/**
 * What the generator's keys for large images do to the quality of translations. On photographs, generators are trained from
 * random weights, with the settings of fine-tuning (`evaluate`'s `sameGenerator`), and measured on held-out images.
 *
 * Criterion for `preset:photo`, from before the first result: keys that save time are taken if the mean PSNR over the
 * concepts is at most 0.3 dB below that without them, after as many steps; `residual`, which saves none, if it is at least
 * 0.3 dB above.
 */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDiscriminator } from '../../src/models/discriminator.ts';
import type { GeneratorOptions } from '../../src/models/generators.ts';
import { createImageGenerator } from '../../src/models/image-generator.ts';
import { scratchSettings } from '../../src/pipeline/evaluation/scratch-settings.ts';
import { createScratchTrainer } from '../../src/pipeline/training/concept-training.ts';
import { conceptOf, device, heldOut, openContext, pairsOf, trainingOf } from '../method/context.ts';
import { PHOTOGRAPHS_FOLDER, writeCrops } from '../photographs.ts';

export interface QualityOptions {
  readonly qualitySize: number;
  readonly steps: number;
  readonly batch: number;
  readonly channels: number;
  readonly threads: number;
}

/** One that changes colors, one that draws over the picture, and one that replaces it. */
const CONCEPTS = ['sepia', 'snow', 'pencil-sketch'];
const PHOTOGRAPHS = 80;
const HELD_OUT = 16;
const SEED = 1;

/**
 * Prints the mean PSNR in dB of held-out translations, by the keys and the concept.
 * @param folder for the project, which is removed at the end
 */
export async function compareQuality(
  variants: readonly Partial<GeneratorOptions>[],
  { qualitySize: size, steps, batch, channels, threads }: QualityOptions,
  folder: string,
): Promise<void> {
  await mkdir(join(folder, 'concepts'), { recursive: true });
  for (const name of CONCEPTS) {
    const file = `${name}.concept.yaml`;
    await cp(join('examples/quickstart/concepts', file), join(folder, 'concepts', file));
  }
  await writeCrops(PHOTOGRAPHS_FOLDER, join(folder, 'images'), PHOTOGRAPHS);
  const config = {
    extends: 'preset:fast',
    image: { size, train: PHOTOGRAPHS - HELD_OUT, test: HELD_OUT },
    generator: { channels },
    discriminator: { channels },
    evaluate: { images: HELD_OUT, scratch: { steps, batchSize: batch } },
  };
  await writeFile(join(folder, 'bench.training.yaml'), JSON.stringify(config));
  const context = await openContext(folder, join(folder, 'runs'), threads);
  const training = trainingOf(context, 'bench');
  const settings = scratchSettings(training.config, 'sameGenerator');
  console.log(
    `PSNR after ${steps} steps from random weights, ${size} x ${size}, batch ${batch}, ${channels} channels`,
  );
  console.log(`| keys of \`generator\` | ${CONCEPTS.join(' | ')} | mean |`);
  console.log(`|---|${'---:|'.repeat(CONCEPTS.length + 1)}`);
  for (const keys of [{}, ...variants]) {
    const generator = createImageGenerator({ ...training.config.generator, ...keys, imageSize: size });
    const trainer = await createScratchTrainer({
      config: training.config,
      generator,
      discriminator: createDiscriminator(training.config.discriminator),
      settings,
      images: HELD_OUT,
      seed: SEED,
      device: await device(context),
    });
    const found: number[] = [];
    for (const name of CONCEPTS) {
      const pairs = await pairsOf(context, training, conceptOf(context, name));
      await trainer.start(
        generator.initial(SEED),
        createDiscriminator(training.config.discriminator).initial(SEED),
      );
      const step = trainer.stepper(pairs, SEED);
      for (let index = 0; index < steps; index++) await step(index);
      const quality = await trainer.measure(heldOut(pairs, training.config));
      found.push(quality.reduce((sum, { psnr }) => sum + psnr, 0) / quality.length);
    }
    await trainer.dispose();
    const mean = found.reduce((sum, psnr) => sum + psnr, 0) / found.length;
    const names = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
    const title = names.length > 0 ? `\`${names.join(', ')}\`` : 'none';
    console.log(`| ${title} | ${[...found, mean].map((psnr) => psnr.toFixed(2)).join(' | ')} |`);
  }
  await rm(folder, { recursive: true });
}
