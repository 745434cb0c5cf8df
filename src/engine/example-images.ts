import { existsSync, readdirSync } from 'node:fs';
import { refuseLeadingOut } from '../project/disk/leading-out.ts';
import { namesTaken } from '../project/disk/passed-over.ts';
import { type DrawnImages, drawnImages } from '../project/images/drawn-images.ts';

/** What makes images of one kind. */
interface Maker {
  write(folder: string, count: number, seed: number): Promise<unknown>;
  names(count: number): string[];
}

// Imported on demand: image code loads native code, which no other command needs before its stage.
const MAKERS: Readonly<Record<DrawnImages['from'], () => Promise<Maker>>> = {
  scenes: async () => {
    const { sceneNames, writeScenes } = await import('../data/scenes.ts');
    return { write: writeScenes, names: sceneNames };
  },
  photographs: async () => {
    const { cropNames, writeCrops } = await import('../data/photographs/crops.ts');
    return { write: writeCrops, names: cropNames };
  },
};

/** Makes the images that a project's `drawn-images.json` asks for, unless they already exist. */
export async function drawMissingImages(projectFolder: string): Promise<void> {
  const wanted = await drawnImages(projectFolder);
  if (!wanted) return;
  const { folder, from, count, seed } = wanted;
  await refuseLeadingOut(projectFolder, folder);
  const present = existsSync(folder) ? namesTaken(readdirSync(folder)) : [];
  if (present.length >= count) return;
  const maker = await MAKERS[from]();
  const own = new Set(maker.names(count));
  // Making them may have been interrupted; a folder with anything else in it is the user's own.
  if (present.every((name) => own.has(name))) await maker.write(folder, count, seed);
}
