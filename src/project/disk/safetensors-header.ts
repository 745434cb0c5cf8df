/**
 * The header of the safetensors format (github.com/huggingface/safetensors): 8 bytes little-endian header length N,
 * N bytes of JSON, then the tensors' bytes without gaps. It has names, types and places of the tensors, not their values.
 */

import { type FileHandle, lstat } from 'node:fs/promises';
import * as z from 'zod';
import { safeParse } from '../../protocol/safe-parse.ts';
import { systemReason } from '../system-reason.ts';
import { UserError } from '../user-error.ts';
import { MAX_CHUNK_BYTES } from './chunk-size.ts';
import { duplicateKey } from './duplicate-key.ts';
import { isMissing } from './folders.ts';
import { otherFormat, TELLING_BYTES } from './other-format.ts';
import { openRegular } from './regular-file.ts';

/** Bytes per value of every dtype that a header may name. */
export const DTYPE_BYTES = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** The limit of the reference implementation, so that a corrupt length cannot exhaust the memory. */
export const MAX_HEADER_BYTES = 100_000_000;
export const LENGTH_BYTES = 8;

/** The remedy for a file of unknown origin that is not sound. */
export const MAKE_AGAIN = 'Make or copy it again.';

export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Position of the first byte in the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  /** Size of the whole file in bytes. */
  readonly fileSize: number;
  /** Tensors by name, in the order of their values in the file. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

const size = z.number().int().min(0);
const entrySchema = z.object({
  dtype: z.enum(Object.keys(DTYPE_BYTES) as [Dtype, ...Dtype[]]),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/**
 * Reads names, shapes and metadata, not the values.
 * @throws UserError if the file is missing, not a safetensors file, truncated or inconsistent
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return withFile(path, (file) => readHeader(file, path));
}

/** An error about an unsound file, with what its reader knows to do about it. */
export function withRemedy(error: unknown, remedy: string): unknown {
  if (!(error instanceof UserError) || !error.message.endsWith(MAKE_AGAIN)) return error;
  return new UserError(error.kind, error.message.slice(0, -MAKE_AGAIN.length) + remedy, {
    cause: error.cause,
  });
}

/** Number of values of a tensor of this shape; 1 for a scalar, whose shape is empty. */
export function valueCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Opens a file while `read` runs.
 * @throws UserError if it cannot be opened or is not a regular file
 */
export async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await openRegular(path, 'Name a safetensors file, or copy it there again.');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new UserError(
      'missing-path',
      `${path}: cannot be opened: ${systemReason(error)}. ${await remedyFor(path)}`,
      {
        cause: error,
      },
    );
  }
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

async function remedyFor(path: string): Promise<string> {
  const isLink = await lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
  return isLink ? 'Remove the link, or download the file again.' : MAKE_AGAIN;
}

/** Like `readSafetensorsHeader`, for an open file. */
export async function readHeader(file: FileHandle, path: string): Promise<SafetensorsHeader> {
  const stats = await file.stat();
  const other = async () => otherFormat(await readBytes(file, path, 0, Math.min(stats.size, TELLING_BYTES)));
  if (stats.size < LENGTH_BYTES) throw broken(path, `only ${stats.size} bytes long`, await other());
  const length = Buffer.from(await readBytes(file, path, 0, LENGTH_BYTES)).readBigUInt64LE();
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw broken(
      path,
      `its header would be ${length} bytes, but the limit is ${MAX_HEADER_BYTES}`,
      await other(),
    );
  }
  // Downloads that were cut short are often filled with zeros.
  if (length === 0n) throw broken(path, 'its first 8 bytes are 0, so it has no header');
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > stats.size) {
    throw broken(
      path,
      `truncated: its header ends at byte ${dataStart}, but the file at ${stats.size}`,
      await other(),
    );
  }
  const { __metadata__: rawMetadata, ...rawEntries } = parseHeader(
    await readBytes(file, path, LENGTH_BYTES, Number(length)),
    path,
  );
  const metadata = parseMetadata(rawMetadata, path);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, rawEntry] of Object.entries(rawEntries)) {
    tensors.set(name, parseEntry(path, name, rawEntry, dataStart));
  }
  return {
    fileSize: stats.size,
    tensors: checkedExtent(path, tensors, dataStart, stats.size),
    metadata,
  };
}

function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (text.startsWith('\ufeff')) throw new Error('it begins with a byte-order mark');
    json = JSON.parse(text);
  } catch (error) {
    throw broken(path, `its header is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(json)) throw broken(path, 'its header is not a JSON object');
  const repeated = duplicateKey(text);
  if (repeated !== undefined) throw broken(path, `its header has the key '${shortened(repeated)}' twice`);
  return json;
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Like the reference implementation, takes null for no metadata, and refuses values that are not texts. */
function parseMetadata(json: unknown, path: string): Record<string, string> {
  if (json === undefined || json === null) return {};
  if (!isRecord(json)) throw broken(path, '__metadata__ is not an object of texts');
  for (const [key, value] of Object.entries(json)) {
    if (typeof value === 'string') continue;
    const found = JSON.stringify(value);
    throw broken(
      path,
      `__metadata__ has the value ${shortened(found)} for ${shortened(key)}, which is not a text`,
      {
        remedy: `Save it with texts only: ${JSON.stringify(shortened(key))}: ${JSON.stringify(shortened(found))}.`,
      },
    );
  }
  return json as Record<string, string>;
}

/** A file decides how long its texts are; a message does not repeat all of a long one. */
function shortened(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

const MAX_SHOWN = 60;

function parseEntry(path: string, name: string, rawEntry: unknown, dataStart: number): TensorInfo {
  const entry = safeParse(entrySchema, rawEntry);
  if (!entry.success) throw broken(path, `tensor '${name}': ${problemOf(entry.error)}`);
  const { dtype, shape, data_offsets: offsets } = entry.data;
  const byteLength = offsets[1] - offsets[0];
  const expected = valueCount(shape) * DTYPE_BYTES[dtype];
  if (byteLength !== expected) {
    throw broken(
      path,
      `tensor '${name}': ${dtype} [${shape.join(', ')}] needs ${expected} bytes, but its offsets span ${byteLength}`,
    );
  }
  return { dtype, shape, byteOffset: dataStart + offsets[0], byteLength };
}

/** The tensors in file order, after checking that they fill the data section without overlap or gap. */
function checkedExtent(
  path: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  dataStart: number,
  fileSize: number,
): ReadonlyMap<string, TensorInfo> {
  const ordered = [...tensors].sort(
    ([, a], [, b]) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength,
  );
  let end = dataStart;
  let previous = 'the header';
  for (const [name, { byteOffset, byteLength }] of ordered) {
    if (byteOffset < end) throw broken(path, `tensor '${name}' overlaps ${previous}`);
    if (byteOffset > end) throw broken(path, `${byteOffset - end} unused bytes before tensor '${name}'`);
    end = byteOffset + byteLength;
    previous = `tensor '${name}'`;
  }
  if (end > fileSize) {
    throw broken(path, `truncated: its tensors end at byte ${end}, but the file at ${fileSize}`);
  }
  if (end < fileSize) throw broken(path, `${fileSize - end} bytes too many after the last tensor`);
  return new Map(ordered);
}

/**
 * Reads bytes at a position in the file.
 * @throws UserError if the file ends earlier
 */
export async function readBytes(
  file: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await readBytesInto(bytes, file, path, position);
  return bytes;
}

/**
 * Fills `bytes` from a position in the file.
 * @throws UserError if the file ends earlier
 */
export async function readBytesInto(
  bytes: Uint8Array,
  file: FileHandle,
  path: string,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const want = Math.min(bytes.length - done, MAX_CHUNK_BYTES);
    const { bytesRead } = await file.read(bytes, done, want, position + done);
    if (bytesRead === 0) throw broken(path, 'it became shorter while it was being read');
    done += bytesRead;
  }
}

const ENTRY_FORMS: Readonly<Record<string, string>> = {
  dtype: `one of ${Object.keys(DTYPE_BYTES).join(', ')}`,
  shape: 'a list of whole numbers from 0',
  data_offsets: 'two whole numbers from 0',
};

function problemOf(error: z.ZodError): string {
  const key = String(error.issues[0]!.path[0]);
  const form = ENTRY_FORMS[key];
  return form === undefined
    ? `its entry has to be an object of ${Object.keys(ENTRY_FORMS).join(', ')}`
    : `${key} has to be ${form}`;
}

/** @param other what the file is instead, if that is known, and the remedy, if it is not the usual one */
function broken(path: string, what: string, other?: { is?: string; remedy: string }): UserError {
  return new UserError(
    'not-safetensors',
    `${path}: not a valid safetensors file: ${other?.is ? `it is ${other.is}` : what}. ${other?.remedy ?? MAKE_AGAIN}`,
  );
}
