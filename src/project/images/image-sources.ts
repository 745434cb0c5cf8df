import { existsSync } from 'node:fs';
import type { DiskView } from '../disk/disk-view.ts';
import { type DrawnImages, drawnImages } from './drawn-images.ts';

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
  async count(source: string): Promise<number | { reason: string; path?: string | undefined }> {
    const images = await this.view.images(source);
    if ('files' in images) return images.files.length;
    return this.drawn(source) ?? images;
  }

  /** Number of images that will be drawn into a source that does not exist yet; undefined for any other source. */
  drawn(source: string): number | undefined {
    return this.#drawn?.folder === source && !existsSync(source) ? this.#drawn.count : undefined;
  }
}
