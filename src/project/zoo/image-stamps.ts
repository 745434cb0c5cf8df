import { stat } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import type { DiskView } from '../disk/disk-view.ts';
import { hashContent } from '../disk/file-hash.ts';
import { folderOf } from '../disk/image-files.ts';
import { editorFiles, imagesIn } from '../files/pair-source.ts';
import type { LoadedConcept } from '../project.ts';

/** The image files of a concept. */
export interface ImageStamp {
  readonly count: number;
  /**
   * SHA-256 over the name and size of every image, and of every file that an image editor uses; empty if the images
   * could not be listed. Modification times are left out: they are new in a copy or clone of a project, and a compressed
   * image changes its size when it is edited.
   */
  readonly hash: string;
}

/** Counts and hashes the image files of concepts. Each source is read once, since concepts share them. */
export class ImageStamps {
  private readonly known = new Map<string, Promise<string[]>>();

  constructor(private readonly view: DiskView) {}

  async of(concept: LoadedConcept): Promise<ImageStamp> {
    const all = await Promise.all(imagesIn(concept).map(({ source }) => this.linesOf(source)));
    const count = all[0]?.length ?? 0;
    const files = editorFiles(concept);
    if (files.length > 0) all.push(await Promise.all(files.map((file) => lineOf(basename(file), file))));
    return { count, hash: count === 0 ? '' : hashContent(JSON.stringify(all)) };
  }

  private linesOf(source: string): Promise<string[]> {
    let lines = this.known.get(source);
    if (lines === undefined) {
      lines = this.look(source);
      this.known.set(source, lines);
    }
    return lines;
  }

  private async look(source: string): Promise<string[]> {
    const listing = await this.view.images(source);
    // A source that cannot be listed has no images to train on: the checks of the project report what is wrong with it.
    if (!('files' in listing)) return [];
    const root = folderOf(source);
    return Promise.all(listing.files.map((file) => lineOf(relative(root, file).split(sep).join('/'), file)));
  }
}

/** A file's name and size; only the name if the file does not exist. */
async function lineOf(name: string, file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? name : `${name} ${found.size}`;
}
