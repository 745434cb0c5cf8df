import { existsSync } from 'node:fs';
import type { DiskView, Unlisted } from '../disk/disk-view.ts';
import { nameBelow } from '../files/match-names.ts';
import { UserError } from '../user-error.ts';
import { type DrawnImages, drawnImages } from './drawn-images.ts';
import { imageSplit, testOnlyNames, type WantedSplit } from './image-split.ts';

/** Counts the images of a project's sources, including those that a stage will draw (`drawn-images.json`). */
export class ImageSources {
  readonly view: DiskView;
  readonly #drawn: DrawnImages | undefined;

  private constructor(view: DiskView, drawn: DrawnImages | undefined) {
    this.view = view;
    this.#drawn = drawn;
  }

  static async of(projectFolder: string, view: DiskView): Promise<ImageSources> {
    // A stage that needs the images reports what is wrong with the file that describes them.
    return new ImageSources(view, await drawnImages(projectFolder).catch(() => undefined));
  }

  /**
   * The number of images of a source, or the reason why they cannot be listed.
   * @param source absolute path of a folder, or a glob
   */
  async count(source: string): Promise<number | Unlisted> {
    const images = await this.view.images(source);
    if ('files' in images) return images.files.length;
    return this.drawn(source) ?? images;
  }

  /**
   * How a training config splits the images of a source; undefined if it cannot be told yet: there are no two images, or
   * names decide, and the images have not been drawn or the pattern is not valid.
   */
  async split(source: string, image: WantedSplit): Promise<{ train: number; test: number } | undefined> {
    const count = await this.count(source);
    if (typeof count !== 'number' || count < 2) return undefined;
    if (image.testOnly === undefined) return imageSplit(count, image);
    const images = await this.view.images(source);
    if (!('files' in images)) return undefined;
    const names = images.files.map((file) => nameBelow(images.root, file));
    try {
      return imageSplit(count, image, names.filter(testOnlyNames(image)!).length);
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  /** Number of images that will be drawn into a source that does not exist yet; undefined for any other source. */
  drawn(source: string): number | undefined {
    return this.#drawn?.folder === source && !existsSync(source) ? this.#drawn.count : undefined;
  }
}
