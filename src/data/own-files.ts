/**
 * The mark of files that this program writes to places that users name: a hash of the content, inside the file. A file that
 * somebody has changed since, whatever with, no longer has the mark of its content.
 */
import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import crc32 from 'crc-32';
import { UserError } from '../project/user-error.ts';
import { readSafetensors } from './safetensors.ts';

/** Key of the mark: of a text in a PNG file, and in the metadata of a safetensors file. */
export const MARK = 'denoised-weights';
/** A PNG file's signature and its first chunk, the IHDR; the mark is the chunk after that. */
const PNG_HEAD = 8 + 4 + 4 + 13 + 4;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The PNG file with the mark of its content. */
export function markPng(png: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, PNG_HEAD), pngMark(png), png.subarray(PNG_HEAD)]);
}

/** A tEXt chunk: length, type, keyword, zero, text, checksum. */
function pngMark(png: Buffer): Buffer {
  const body = Buffer.from(`tEXt${MARK}\0${sha256(png)}`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeInt32BE(crc32.buf(body));
  return Buffer.concat([length, body, checksum]);
}

/** Metadata that mark the content of a safetensors file. */
export function weightsMark(
  tensors: ReadonlyMap<string, { readonly data: ArrayBufferView }>,
): Record<string, string> {
  const hash = createHash('sha256');
  for (const [name, { data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${data.byteLength}\0`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { [MARK]: hash.digest('hex') };
}

/** Whether a file has the mark of its content. Links and anything else that is not a file have none. */
export async function isOwnFile(path: string): Promise<boolean> {
  if (!(await lstat(path)).isFile()) return false;
  return path.endsWith('.safetensors') ? hasWeightsMark(path) : hasPngMark(await readFile(path));
}

function hasPngMark(file: Buffer): boolean {
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return false;
  const length = pngMark(Buffer.alloc(0)).length;
  const unmarked = Buffer.concat([file.subarray(0, PNG_HEAD), file.subarray(PNG_HEAD + length)]);
  return pngMark(unmarked).equals(file.subarray(PNG_HEAD, PNG_HEAD + length));
}

async function hasWeightsMark(path: string): Promise<boolean> {
  try {
    const { tensors, metadata } = await readSafetensors(path);
    return metadata[MARK] !== undefined && metadata[MARK] === weightsMark(tensors)[MARK];
  } catch (error) {
    // Not a safetensors file, or one that is damaged: whoever wrote it, it is not ours as we left it.
    if (error instanceof UserError) return false;
    throw error;
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
