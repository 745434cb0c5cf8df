import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePng } from '../../src/data/images.ts';
import { HELD_OUT } from './stage-table.ts';

const SIDE = 16;
const IMAGES = 6;

const CONCEPTS = {
  snow: 'make it snow',
  fog: 'thick fog',
  sepia: 'an old sepia print',
  [HELD_OUT]: 'thick dusk',
};

/** As small as the networks go, with several checkpoints in every stage. */
const TRAINING = `extends: preset:fast
seed: 3
device: cpu
threads: 1
image: { size: ${SIDE}, train: 4, test: 2 }
generator: { channels: 4, transformerHeads: 2 }
discriminator: { channels: 4, every: 2 }
base: { steps: 12, batchSize: 2, checkpointEvery: 4, warmup: 2 }
lora: { rank: 2 }
collect: { holdOut: [${HELD_OUT}], steps: 8, batchSize: 2, checkpoints: 2, checkpointEvery: 4 }
weightGenerator:
  { blockSize: 64, channels: 4, heads: 2, embedding: 8, steps: 12, batchSize: 4, checkpointEvery: 4 }
fineTune: { steps: 8, batchSize: 2, sampleEvery: 4, checkpointEvery: 4, snapshots: 2 }
evaluate:
  { images: 2, baselines: [fresh, pix2pix], scratch: { channels: 4, blocks: 1, steps: 6, batchSize: 2 } }
`;

const RANKS = `extends: tiny.training.yaml
base: { conditioning: none }
lora: { train: both, search: { maximum: 2 } }
`;

/** A concept file for an effect of that name. */
export function conceptText(effect: string, prompt: string): string {
  return `prompt: ${prompt}\npairs:\n  source: ../images\n  target:\n    effect: ${effect}\n`;
}

/** A project of four concepts over six small pictures, always of the same bytes. */
export async function makeTinyProject(folder: string): Promise<void> {
  mkdirSync(join(folder, 'concepts'), { recursive: true });
  mkdirSync(join(folder, 'images'));
  for (let image = 0; image < IMAGES; image++) {
    const data = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => Math.sin((i * (image + 1)) / 97));
    await writePng(join(folder, 'images', `wave-${image}.png`), { width: SIDE, height: SIDE, data });
  }
  for (const [effect, prompt] of Object.entries(CONCEPTS)) {
    writeFileSync(join(folder, 'concepts', `${effect}.concept.yaml`), conceptText(effect, prompt));
  }
  writeFileSync(join(folder, 'tiny.training.yaml'), TRAINING);
  writeFileSync(join(folder, 'ranks.training.yaml'), RANKS);
}
