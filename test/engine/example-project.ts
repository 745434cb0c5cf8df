import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePng } from '../../src/data/images.ts';
import { temporaryFolder } from '../temporary-folders.ts';

const SIDE = 32;
const IMAGES = 6;

/** Beginning of a training config: networks as small as they go, on one CPU thread, for images of the project's size. */
export const SMALL_NETWORKS = `extends: preset:fast
device: cpu
threads: 1
image: {size: ${SIDE}, train: 4, test: 2}
generator: {channels: 4, transformerHeads: 2}
discriminator: {channels: 4}
base: {conditioning: none}
`;

/** A project of two concepts over six small pictures, with one training config, `tiny`. */
export async function makeProject(): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'concepts'));
  mkdirSync(join(folder, 'images'));
  for (let image = 0; image < IMAGES; image++) {
    const data = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => Math.sin((i * (image + 1)) / 97));
    await writePng(join(folder, 'images', `wave-${image}.png`), { width: SIDE, height: SIDE, data });
  }
  writeFileSync(
    join(folder, 'tiny.training.yaml'),
    ['extends: preset:fast', 'seed: 3', 'image:', `  size: ${SIDE}`, '  train: 4', '  test: 2', ''].join(
      '\n',
    ),
  );
  writeConcept(folder, 'snow', 'make it snow');
  writeConcept(folder, 'fog', 'thick fog');
  return folder;
}

export function writeConcept(project: string, effect: string, prompt: string): void {
  writeFileSync(
    join(project, 'concepts', `${effect}.concept.yaml`),
    `prompt: ${prompt}\npairs:\n  source: ../images\n  target:\n    effect: ${effect}\n`,
  );
}
