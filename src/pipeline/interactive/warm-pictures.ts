import { LRUCache } from 'lru-cache';
import type { Image, ImageArea } from '../../data/image-values.ts';
import { resizedImage } from '../../data/images.ts';
import type { PictureRows } from '../../data/picture-rows.ts';
import { openPicture, type Picture } from '../../data/pictures.ts';
import { makeFolder } from '../../project/disk/folders.ts';
import { fileVersion } from '../weights/chosen-weights.ts';

export interface WarmPictureOptions {
  readonly maxFileSize: number;
  readonly half?: 'left' | 'right' | undefined;
  /** Folder for files of pixels. */
  readonly scratch: string;
}

/** Number of pictures that stay open. Each holds the bytes of its file, and on disk its pixels once they are asked for. */
const KEPT_PICTURES = 4;
/** Size of the cache of reduced pictures. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** The most pixels of a picture that is reduced whole: a part of it is then at hand, wherever one looks next. */
const MOST_WHOLE = 4e6;

/** Pictures that someone looks at, kept until their file changes or others take their place. Not reentrant. */
export class WarmPictures {
  readonly #kept = new LRUCache<string, WarmPicture>({
    max: KEPT_PICTURES,
    dispose: (picture) => picture.close(),
  });

  /** @throws UnreadableImage that names the file and what is wrong with it */
  async open(file: string, options: WarmPictureOptions): Promise<WarmPicture> {
    const { maxFileSize, half, scratch } = options;
    const version = JSON.stringify([await fileVersion(file), file, maxFileSize, half]);
    const known = this.#kept.get(version);
    if (known) return known;
    const picture = await openPicture(file, { maxFileSize, keepPlace: false, half });
    const opened = new WarmPicture(picture, version, scratch);
    this.#kept.set(version, opened);
    return opened;
  }

  dispose(): void {
    this.#kept.clear();
  }
}

/** A picture of which parts are shown at one scale after the other. */
export class WarmPicture {
  readonly #resized = new LRUCache<string, Image>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ data }) => data.byteLength,
  });
  #rows: Promise<PictureRows> | undefined;

  constructor(
    readonly picture: Picture,
    /** Identifies the file's content, and how it is read. */
    readonly version: string,
    private readonly scratch: string,
  ) {}

  /** The whole picture at another size, transparency on white. */
  async resized(width: number, height: number): Promise<Image> {
    const key = `${width}x${height}`;
    const known = this.#resized.get(key);
    if (known) return known;
    const made = await this.picture.resized(width, height);
    this.#resized.set(key, made);
    return made;
  }

  /** A part of the picture, reduced to a size. @param width at most the part's own, like `height` */
  async area(area: ImageArea, width: number, height: number): Promise<Image> {
    const { picture } = this;
    const [scaleX, scaleY] = [width / area.width, height / area.height];
    const [wholeWidth, wholeHeight] = [
      Math.max(width, Math.round(picture.width * scaleX)),
      Math.max(height, Math.round(picture.height * scaleY)),
    ];
    const isReduced = width < area.width || height < area.height;
    if (isReduced && wholeWidth * wholeHeight <= MOST_WHOLE) {
      const whole = await this.resized(wholeWidth, wholeHeight);
      const left = Math.min(Math.round(area.left * scaleX), wholeWidth - width);
      const top = Math.min(Math.round(area.top * scaleY), wholeHeight - height);
      return part(whole, { left, top, width, height });
    }
    const pixels = await (await this.rows()).window(area);
    return isReduced ? resizedImage(pixels, width, height) : pixels;
  }

  /** All pixels, decoded on disk when they are first asked for. */
  rows(): Promise<PictureRows> {
    this.#rows ??= this.#decode().catch((error: unknown) => {
      this.#rows = undefined;
      throw error;
    });
    return this.#rows;
  }

  close(): void {
    void this.#rows?.then(
      (rows) => rows.close(),
      () => {},
    );
  }

  async #decode(): Promise<PictureRows> {
    await makeFolder(this.scratch);
    const rows = await this.picture.rows(this.scratch);
    await rows.hide();
    return rows;
  }
}

function part(image: Image, { left, top, width, height }: ImageArea): Image {
  const data = new Float32Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data };
}
