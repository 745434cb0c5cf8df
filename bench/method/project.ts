/** The benchmark's project: concepts, images and training configs as a user would have them. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { stringify } from 'yaml';
import { Random } from '../../src/data/random.ts';
import { writeScenes } from '../../src/data/scenes.ts';
import { writeWhole } from '../../src/project/disk/write-whole.ts';
import { type BenchConcept, benchConcepts } from './concepts.ts';
import type { Scale } from './scale.ts';

const SIZE = 48;
const IMAGES = 200;
const IMAGE_SEED = 1;
/** Side in pixels of the tiles that photographs are cut into. */
const TILE = 192;

export const trainingName = (seed: number) => `seed-${seed}`;

/** The concepts of a scale; of the zoo every n-th, so that all looks are kept. */
export function conceptsOf({ limit }: Scale): BenchConcept[] {
  const all = benchConcepts();
  if (!limit) return all;
  const zoo = all.filter(({ role }) => role === 'zoo');
  const spread = new Set(
    Array.from({ length: limit.zoo }, (_, i) => zoo[Math.floor((i * zoo.length) / limit.zoo)]),
  );
  const left = { ...limit };
  return all.filter((concept) => {
    if (concept.role === 'zoo') return spread.has(concept);
    const kind = concept.role === 'validation' ? 'validation' : concept.distance!;
    return left[kind]-- > 0;
  });
}

function trainingConfig(seed: number, { config }: Scale): Record<string, unknown> {
  const common: Record<string, Record<string, unknown>> = {
    image: { size: SIZE, train: 128, test: 32 },
    generator: { channels: 12 },
    discriminator: { channels: 12 },
    base: { steps: 5000, learningRate: 1.5e-3 },
    lora: { rank: 16 },
    collect: { concepts: { include: ['zoo'] }, holdOut: ['validation', 'test'], steps: 60 },
    weightGenerator: { steps: 800, batchSize: 32 },
    evaluate: { images: 32 },
  };
  const sections = Object.fromEntries(
    Object.entries(common).map(([name, section]) => [name, { ...section, ...config[name] }]),
  );
  return { extends: 'preset:fast', seed, device: 'cpu', threads: 1, ...sections };
}

/**
 * Cuts photographs into square tiles. Tiles of the same photograph may be in both the training and the held-out set.
 */
async function writeTiles(photographs: string, folder: string): Promise<void> {
  const files = readdirSync(photographs)
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .sort();
  const random = new Random(IMAGE_SEED).fork('tiles');
  const perFile = Math.ceil(IMAGES / files.length);
  for (const file of files) {
    const image = await sharp(join(photographs, file))
      .rotate()
      .removeAlpha()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = image.info;
    for (let tile = 0; tile < perFile; tile++) {
      const side = Math.floor(Math.min(width, height) * (0.25 + 0.5 * random.uniform()));
      const left = random.int(width - side + 1);
      const top = random.int(height - side + 1);
      await sharp(image.data)
        .extract({ left, top, width: side, height: side })
        .resize(TILE, TILE)
        .jpeg({ quality: 92 })
        .toFile(join(folder, `${basename(file).replace(/\W+/g, '-')}-${tile}.jpg`));
    }
  }
}

/**
 * Writes whatever is missing.
 * @param photographs folder of photographs; absent: drawn scenes
 */
export async function writeProject(folder: string, scale: Scale, photographs?: string): Promise<void> {
  mkdirSync(join(folder, 'concepts'), { recursive: true });
  for (const { name, prompt, effects, role } of conceptsOf(scale)) {
    const pairs = { source: '../images', target: { effect: effects } };
    await writeWhole(
      join(folder, 'concepts', `${name}.concept.yaml`),
      stringify({ prompt, tags: [role], pairs }),
    );
  }
  for (const seed of scale.seeds) {
    await writeWhole(
      join(folder, `${trainingName(seed)}.training.yaml`),
      stringify(trainingConfig(seed, scale)),
    );
  }
  const images = join(folder, 'images');
  const whole = join(folder, 'images-written');
  if (existsSync(whole)) return;
  mkdirSync(images, { recursive: true });
  if (photographs) await writeTiles(photographs, images);
  else await writeScenes(images, IMAGES, IMAGE_SEED);
  await writeWhole(whole, '');
}
