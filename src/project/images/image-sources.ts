import { existsSync } from 'node:fs';
import type { DiskView } from '../disk/disk-view.ts';
import type { LoadedConcept } from '../project.ts';
import type { KeyPath } from '../yaml/key-path.ts';
import { type DrawnImages, drawnImages } from './drawn-images.ts';

/** How many images each source of a project has, those included that a stage will draw (`drawn-images.json`). */
export class ImageSources {
  readonly view: DiskView;
  readonly #drawn: DrawnImages | undefined;

  private constructor(view: DiskView, drawn: DrawnImages | undefined) {
    this.view = view;
    this.#drawn = drawn;
  }

  static async of(projectFolder: string, view: DiskView): Promise<ImageSources> {
    // A stage that needs the images says what is wrong with the file that describes them.
    return new ImageSources(view, await drawnImages(projectFolder).catch(() => undefined));
  }

  /** @param source absolute path of a folder, or a glob */
  async count(source: string): Promise<number | { reason: string }> {
    const images = await this.view.images(source);
    if ('length' in images) return images.length;
    return this.drawn(source) ?? images;
  }

  /** How many images will be drawn into a source that is not there yet; undefined for any other source. */
  drawn(source: string): number | undefined {
    return this.#drawn?.folder === source && !existsSync(source) ? this.#drawn.count : undefined;
  }
}

/** Every image source of a concept: key path and absolute path, what is translated first. */
export function imageSources({ pairs }: Pick<LoadedConcept, 'pairs'>): { path: KeyPath; source: string }[] {
  if ('aligned' in pairs) return [{ path: ['pairs', 'aligned'], source: pairs.aligned }];
  const sources = [{ path: ['pairs', 'source'] as KeyPath, source: pairs.source }];
  if ('folder' in pairs.target) {
    sources.push({ path: ['pairs', 'target', 'folder'], source: pairs.target.folder });
  }
  return sources;
}
