/** The measurements of one method's training, and the files that keep them for a resumed evaluation. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../project/disk/write-whole.ts';
import { EARLIER_METHOD_NAMES, type Method } from '../../protocol/comparison.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { Curve } from './comparison.ts';

export interface MethodResult {
  readonly curve: Curve;
  /** Translations of all held-out images at the first and at the last measured step: [count, S, S, 3] in [-1, 1]. */
  readonly start: Float32Array;
  readonly end: Float32Array;
}

/** The files of one method: its result so far while it trains, its result, and its checkpoint. */
export class MethodFiles {
  readonly checkpoint: string;
  readonly #finished: string;
  readonly #partial: string;

  constructor(
    folder: string,
    private readonly method: Method,
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

  async writePartial(result: MethodResult): Promise<void> {
    await writeWhole(this.#partial, encodeResult(result));
  }

  async writeFinished(result: MethodResult): Promise<void> {
    await writeWhole(this.#finished, encodeResult(result));
    await rm(this.#partial, { force: true });
  }

  async #read(path: string): Promise<MethodResult | undefined> {
    return existsSync(path) ? decodeResult(this.method, await readFile(path, 'utf8')) : undefined;
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

function encodeResult({ curve, start, end }: MethodResult): string {
  const text = (images: Float32Array) =>
    Buffer.from(images.buffer, images.byteOffset, images.byteLength).toString('base64');
  return JSON.stringify({ curve, start: text(start), end: text(end) });
}

function decodeResult(method: Method, json: string): MethodResult {
  const { curve, start, end } = JSON.parse(json) as { curve: Curve; start: string; end: string };
  const images = (text: string) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
    return new Float32Array(bytes.buffer);
  };
  return { curve: { ...curve, method }, start: images(start), end: images(end) };
}
