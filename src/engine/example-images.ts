import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Enough for the training and the held-out images of the example's config, and some to choose from. */
const COUNT = 160;
const SEED = 1;

/**
 * Draws procedural scenes where a project has no folder `images` yet: the example project ships none, so that
 * the quickstart runs offline and the repository stays small.
 */
export async function drawMissingImages(projectFolder: string): Promise<void> {
  const folder = join(projectFolder, 'images');
  // Drawing may have been interrupted; a folder with anything else in it is the user's own.
  const present = existsSync(folder) ? readdirSync(folder) : [];
  if (present.length >= COUNT || present.some((name) => !/^scene-\d+\.jpg$/.test(name))) return;
  // Images bring native code with them, which no other command needs before its stage.
  const { writeScenes } = await import('../data/scenes.ts');
  await writeScenes(folder, COUNT, SEED);
}
