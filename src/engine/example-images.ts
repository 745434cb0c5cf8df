import { existsSync, readdirSync } from 'node:fs';
import { refuseLeadingOut } from '../project/disk/leading-out.ts';
import { namesTaken } from '../project/disk/passed-over.ts';
import { drawnImages } from '../project/images/drawn-images.ts';

/** Draws the scenes that a project's `drawn-images.json` asks for, unless they already exist. */
export async function drawMissingImages(projectFolder: string): Promise<void> {
  const wanted = await drawnImages(projectFolder);
  if (!wanted) return;
  await refuseLeadingOut(projectFolder, wanted.folder);
  // Drawing may have been interrupted; a folder with anything else in it is the user's own.
  const present = existsSync(wanted.folder) ? namesTaken(readdirSync(wanted.folder)) : [];
  if (present.length >= wanted.count || present.some((name) => !/^scene-\d+\.jpg$/.test(name))) return;
  // Imported on demand: image code loads native code, which no other command needs before its stage.
  const { writeScenes } = await import('../data/scenes.ts');
  await writeScenes(wanted.folder, wanted.count, wanted.seed);
}
