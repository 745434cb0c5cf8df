/** The measurements of one method's training, and the files that keep them for a resumed evaluation. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ImageFileWriter } from '../../data/image-file-writer.ts';
import { centeredImages, type ImageSequence } from '../../data/image-sequence.ts';
import { valuesToBytes } from '../../data/image-values.ts';
import { ImageRows } from '../../data/stored-images.ts';
import { openImageFile } from '../../project/images/image-file.ts';
import { UserError } from '../../project/user-error.ts';
import { EARLIER_METHOD_NAMES, METHODS, type Method } from '../../protocol/comparison.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { readRunState, writeRunState } from '../run-state.ts';
import type { Curve } from './comparison.ts';

export interface MethodResult {
  readonly curve: Curve;
  /** Translations of the first held-out images, or of all of them, at the first and at the last measured step. */
  readonly start: ImageSequence;
  readonly end: ImageSequence;
}

/** Which of a method's translations are kept. */
export type Kept = 'start' | 'end';

/** The files of one method: its result so far while it trains, its result, its translations, and its checkpoint. */
export class MethodFiles {
  readonly checkpoint: string;
  readonly #finished: string;
  readonly #partial: string;

  /** @param size side of the images in pixels */
  constructor(
    private readonly folder: string,
    private readonly method: Method,
    private readonly size: number,
  ) {
    this.checkpoint = `${method}.${RUN_FILES.checkpoint}`;
    this.#finished = join(folder, `${method}.json`);
    this.#partial = join(folder, `${method}.partial.json`);
  }

  /** @returns undefined if the method has not finished training */
  async readFinished(): Promise<MethodResult | undefined> {
    return this.#read(this.#finished);
  }

  /** @returns undefined if nothing has been measured yet */
  async readPartial(): Promise<MethodResult | undefined> {
    return this.#read(this.#partial);
  }

  /**
   * Keeps translations, as 8-bit images.
   * @param make puts them, [n, size, size, 3] in [-1, 1] at a time, from the first image on
   * @returns what `make` returns
   */
  async keep<T>(
    which: readonly Kept[],
    make: (put: (images: Float32Array) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const [one, ...others] = which;
    if (one === undefined) return make(async () => {});
    const values = this.size ** 2 * 3;
    let made: { readonly value: T } | undefined;
    await ImageFileWriter.write(this.#images(one), this.size, async (writer) => {
      const value = await this.keep(others, (put) =>
        make(async (images) => {
          for (let at = 0; at < images.length; at += values)
            await writer.append(valuesToBytes(images.subarray(at, at + values)));
          await put(images);
        }),
      );
      made = { value };
      return {};
    });
    return made!.value;
  }

  /** After the translations, which it speaks of. */
  async writePartial(curve: Curve): Promise<void> {
    await writeRunState(this.#partial, stored(curve));
  }

  async writeFinished(curve: Curve): Promise<MethodResult> {
    const result = await this.#withImages(this.#finished, curve);
    await writeRunState(this.#finished, stored(curve));
    await rm(this.#partial, { force: true });
    return result;
  }

  async #read(path: string): Promise<MethodResult | undefined> {
    const read = await readRunState(path, storedSchema, this.#redone);
    if (!read) return undefined;
    for (const which of ['start', 'end'] as const) {
      const earlier = read[which];
      if (earlier !== undefined) await this.#keepEarlier(which, earlier);
    }
    const { points } = read.curve as unknown as Pick<Curve, 'points'>;
    return this.#withImages(path, { ...read.curve, method: this.method, points });
  }

  async #withImages(path: string, curve: Curve): Promise<MethodResult> {
    return { curve, start: await this.#open(path, 'start'), end: await this.#open(path, 'end') };
  }

  /** @param path of the result, without which the method is trained again */
  async #open(path: string, which: Kept): Promise<ImageSequence> {
    const images = this.#images(which);
    const reading = async <T>(read: () => Promise<T>): Promise<T> => {
      try {
        return await read();
      } catch (cause) {
        if (!(cause instanceof UserError)) throw cause;
        // What it says is meant for prepared pairs.
        const state = existsSync(images) ? 'damaged' : 'gone';
        const message = `${images} is ${state}. Delete ${path} and resume: ${this.#redone}.`;
        throw new UserError('damaged-file', message, { cause });
      }
    };
    const file = await reading(() => openImageFile(images, z.object({})));
    const rows = Array.from({ length: file.count }, (_, row) => row);
    const { count, size, read } = centeredImages(new ImageRows(file, rows), file.size, file.size, file.count);
    return { count, size, read: (first, count) => reading(() => read(first, count)) };
  }

  /** Translations that an earlier version kept in the result itself, unless they have a file already. */
  async #keepEarlier(which: Kept, text: string): Promise<void> {
    if (existsSync(this.#images(which))) return;
    const images = new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
    await this.keep([which], (put) => put(images));
  }

  get #redone(): string {
    return `${METHODS[this.method]} is then trained again`;
  }

  #images(which: Kept): string {
    return join(this.folder, `${this.method}.${which}.safetensors`);
  }
}

/** Renames the files of a run that an earlier version left unfinished to the current names of their methods. */
export async function renameEarlierFiles(folder: string): Promise<void> {
  for (const [earlier, method] of EARLIER_METHOD_NAMES) {
    for (const ending of ['json', 'partial.json', RUN_FILES.checkpoint]) {
      const file = join(folder, `${earlier}.${ending}`);
      if (existsSync(file)) await rename(file, join(folder, `${method}.${ending}`));
    }
  }
}

/** Float32 values as base64, of earlier versions. */
const images = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').length % 4 === 0)
  .optional();
const storedSchema = z.object({
  // Later measures are read as they are.
  curve: z.looseObject({ points: z.array(z.looseObject({ steps: z.number(), seconds: z.number() })).min(1) }),
  start: images,
  end: images,
});

function stored(curve: Curve): z.input<typeof storedSchema> {
  return { curve: { ...curve, points: curve.points.map((point) => ({ ...point })) } };
}
