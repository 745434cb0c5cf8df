/** Files in a run folder from which a resumed run takes what it has already done. */

import { existsSync } from 'node:fs';
import * as z from 'zod';
import { hashContent } from '../project/disk/file-hash.ts';
import { readText } from '../project/disk/regular-file.ts';
import { writeWhole } from '../project/disk/write-whole.ts';
import { UserError } from '../project/user-error.ts';
import { safeParse } from '../protocol/safe-parse.ts';

const sealedSchema = z.strictObject({ checksum: z.string(), value: z.unknown() });

/** A quality; JSON has no infinity, which is the PSNR of a perfect image. */
export const storedQuality = z.union([z.number(), z.null().transform(() => Number.POSITIVE_INFINITY)]);

/** A JSON value with its checksum, as `readRunState` reads it. */
export function sealed(value: unknown): string {
  const text = JSON.stringify(value);
  return `{"checksum":"${hashContent(text)}","value":${text}}`;
}

/** Writes a JSON value with its checksum, whole or not at all. */
export async function writeRunState(path: string, value: unknown): Promise<void> {
  await writeWhole(path, sealed(value));
}

/**
 * Reads a JSON value. Files of earlier versions hold it without a checksum.
 * @param redone what a resumed run does again without the file, as the end of a sentence
 * @returns undefined if there is no such file
 * @throws UserError if it is damaged
 */
export async function readRunState<T>(
  path: string,
  schema: z.ZodType<T>,
  redone: string,
): Promise<T | undefined> {
  if (!existsSync(path)) return undefined;
  const damaged = () => new UserError('damaged-file', `${path}: damaged. Delete it and resume: ${redone}.`);
  let json: unknown;
  try {
    json = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged();
    throw error;
  }
  const whole = safeParse(sealedSchema, json);
  if (whole.success && hashContent(JSON.stringify(whole.data.value)) !== whole.data.checksum) {
    throw damaged();
  }
  const value = safeParse(schema, whole.success ? whole.data.value : json);
  if (!value.success) throw damaged();
  return value.data;
}
