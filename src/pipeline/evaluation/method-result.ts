/** The measurements of one method's training, and the files that keep them for a resumed evaluation. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { EARLIER_METHOD_NAMES, METHODS, type Method } from '../../protocol/comparison.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import { readRunState, writeRunState } from '../run-state.ts';
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
    await writeRunState(this.#partial, encodeResult(result));
  }

  async writeFinished(result: MethodResult): Promise<void> {
    await writeRunState(this.#finished, encodeResult(result));
    await rm(this.#partial, { force: true });
  }

  async #read(path: string): Promise<MethodResult | undefined> {
    const redone = `${METHODS[this.method]} is then trained again`;
    const stored = await readRunState(path, storedSchema, redone);
    return stored && decodeResult(this.method, stored);
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

/** Float32 values as base64. */
const images = z.base64().refine((text) => Buffer.from(text, 'base64').length % 4 === 0);
const storedSchema = z.object({
  // Later measures are read as they are.
  curve: z.looseObject({ points: z.array(z.looseObject({ steps: z.number(), seconds: z.number() })).min(1) }),
  start: images,
  end: images,
});

function encodeResult({ curve, start, end }: MethodResult): z.input<typeof storedSchema> {
  const text = (values: Float32Array) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
  return {
    curve: { ...curve, points: curve.points.map((point) => ({ ...point })) },
    start: text(start),
    end: text(end),
  };
}

function decodeResult(method: Method, { curve, start, end }: z.output<typeof storedSchema>): MethodResult {
  const values = (text: string) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
  const { points } = curve as unknown as Pick<Curve, 'points'>;
  return { curve: { ...curve, method, points }, start: values(start), end: values(end) };
}
