/**
 * Reading and writing the safetensors format (github.com/huggingface/safetensors): 8 bytes little-endian
 * header length N, N bytes of JSON, then the tensors' bytes without gaps.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { UserError } from '../project/user-error.ts';

/** Bytes per value of every dtype a header may name. */
const DTYPE_BYTES = {
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
type Dtype = keyof typeof DTYPE_BYTES;

/** Same limit as the reference implementation, so that a corrupt length cannot exhaust the memory. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;
/** Tensor data begins at a multiple of this; the header is padded with spaces. */
const ALIGNMENT = 8;
/** Node reads and writes at most 2^31 - 1 bytes at once; some systems a little less. */
const MAX_CHUNK_BYTES = 2 ** 30;

interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Position of the first byte in the file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Values as stored, but F16 and BF16 widened to float32. */
type TensorData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

export interface StoredTensor {
  /** As in the file. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The dtype follows from the array: F32, I32 or U8. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

const size = z.number().int().min(0);
const entrySchema = z.object({
  dtype: z.enum(Object.keys(DTYPE_BYTES) as [Dtype, ...Dtype[]]),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/**
 * Reads names, shapes and metadata, not the values.
 * @throws UserError where the file is missing, no safetensors file, truncated or inconsistent
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return withFile(path, (file) => readHeader(file, path));
}

/**
 * Reads one tensor, and of the rest of the file only the header.
 * @throws UserError as `readSafetensorsHeader`, or where there is no such tensor
 */
export async function readTensor(path: string, name: string): Promise<StoredTensor> {
  return withFile(path, async (file) => {
    const { tensors } = await readHeader(file, path);
    const info = tensors.get(name);
    if (!info) {
      throw new UserError(
        `${path}: no tensor '${name}'. It holds: ${[...tensors.keys()].join(', ') || 'none'}.`,
      );
    }
    return readValues(file, path, name, info);
  });
}

/**
 * Reads the whole file.
 * @throws UserError as `readSafetensorsHeader`, or where a tensor has a dtype other than F32, F16, BF16, I32,
 * I64, U8
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  return withFile(path, async (file) => {
    const header = await readHeader(file, path);
    const tensors = new Map<string, StoredTensor>();
    for (const [name, info] of header.tensors) tensors.set(name, await readValues(file, path, name, info));
    return { tensors, metadata: header.metadata };
  });
}

/**
 * Writes the file (making its folder) whole or not at all: to a temporary name, flushed, renamed. Equal
 * input gives equal bytes.
 * @throws Error where a tensor's shape does not fit its data or a name is reserved (a bug of the caller)
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor> | Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entries = [
    ...(tensors instanceof Map ? tensors : Object.entries(tensors as Record<string, WritableTensor>)),
  ];
  // Wide values first, so that each tensor is aligned to its own width; then by name, as the reference does.
  entries.sort(([nameA, a], [nameB, b]) => {
    return b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1);
  });
  const header: [string, unknown][] = [['__metadata__', metadata]];
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === '__metadata__') throw new Error('safetensors: a tensor cannot be named __metadata__');
    if (valueCount(shape) !== data.length) {
      throw new Error(`safetensors: '${name}' has shape [${shape.join(', ')}] but ${data.length} values`);
    }
    const end = offset + data.byteLength;
    header.push([name, { dtype: dtypeOf(data), shape, data_offsets: [offset, end] }]);
    chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset = end;
  }
  await mkdir(dirname(path), { recursive: true });
  // Object.fromEntries defines properties, so that a tensor may even be called __proto__.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const padded = Buffer.alloc(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT, ' ');
  json.copy(padded);
  if (padded.length > MAX_HEADER_BYTES) {
    throw new Error(
      `safetensors: a header of ${padded.length} bytes is over the limit of ${MAX_HEADER_BYTES}`,
    );
  }
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));
  // The library itself writes with one system call, which neither takes over 2 GiB nor notices a short
  // write on a full disk. So it only creates, flushes and renames the temporary file.
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, '', {
    tmpfileCreated: (temporary) => writeChunks(temporary, [length, padded, ...chunks]),
  });
}

async function writeChunks(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += MAX_CHUNK_BYTES) {
        await file.writeFile(chunk.subarray(start, start + MAX_CHUNK_BYTES));
      }
    }
  } finally {
    await file.close();
  }
}

function dtypeOf(data: WritableTensor['data']): Dtype {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new UserError(`${path}: cannot be opened (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
  try {
    return await read(file);
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle, path: string): Promise<SafetensorsHeader> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new UserError(`${path}: not a file`);
  if (stats.size < LENGTH_BYTES) throw broken(path, `only ${stats.size} bytes long`);
  const length = Buffer.from(await readBytes(file, path, 0, LENGTH_BYTES)).readBigUInt64LE();
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw broken(path, `its header would be ${length} bytes, the limit is ${MAX_HEADER_BYTES}`);
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > stats.size) {
    throw broken(path, `truncated: its header ends at byte ${dataStart}, the file at ${stats.size}`);
  }
  const { __metadata__: metadata = {}, ...rawEntries } = parseHeader(
    await readBytes(file, path, LENGTH_BYTES, Number(length)),
    path,
  );
  if (!isTextRecord(metadata)) throw broken(path, '__metadata__ is not an object of texts');
  const tensors = new Map<string, TensorInfo>();
  for (const [name, rawEntry] of Object.entries(rawEntries)) {
    tensors.set(name, parseEntry(path, name, rawEntry, dataStart));
  }
  return { tensors: checkedExtent(path, tensors, dataStart, stats.size), metadata };
}

function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw broken(path, `its header is no JSON (${(error as Error).message})`);
  }
  if (!isRecord(json)) throw broken(path, 'its header is no JSON object');
  return json;
}

function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isTextRecord(json: unknown): json is Record<string, string> {
  return isRecord(json) && Object.values(json).every((value) => typeof value === 'string');
}

function parseEntry(path: string, name: string, rawEntry: unknown, dataStart: number): TensorInfo {
  const entry = entrySchema.safeParse(rawEntry);
  if (!entry.success) throw broken(path, `tensor '${name}': ${problemOf(entry.error)}`);
  const { dtype, shape, data_offsets: offsets } = entry.data;
  const byteLength = offsets[1] - offsets[0];
  const expected = valueCount(shape) * DTYPE_BYTES[dtype];
  if (byteLength !== expected) {
    throw broken(
      path,
      `tensor '${name}': ${dtype} [${shape.join(', ')}] needs ${expected} bytes, its offsets span ${byteLength}`,
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
    throw broken(path, `truncated: its tensors end at byte ${end}, the file at ${fileSize}`);
  }
  if (end < fileSize) throw broken(path, `${fileSize - end} bytes too many after the last tensor`);
  return new Map(ordered);
}

async function readValues(
  file: FileHandle,
  path: string,
  name: string,
  { dtype, shape, byteOffset, byteLength }: TensorInfo,
): Promise<StoredTensor> {
  if (!(dtype in DECODERS)) {
    const readable = Object.keys(DECODERS).join(', ');
    throw new UserError(`${path}: tensor '${name}' has dtype ${dtype}; ${readable} can be read.`);
  }
  const bytes = await readBytes(file, path, byteOffset, byteLength);
  return { dtype, shape, data: DECODERS[dtype as keyof typeof DECODERS](bytes.buffer) };
}

const DECODERS = {
  F32: (buffer: ArrayBuffer) => new Float32Array(buffer),
  F16: (buffer: ArrayBuffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber),
  BF16: bfloat16ToFloat32,
  I32: (buffer: ArrayBuffer) => new Int32Array(buffer),
  I64: (buffer: ArrayBuffer) => new BigInt64Array(buffer),
  U8: (buffer: ArrayBuffer) => new Uint8Array(buffer),
} satisfies Partial<Record<Dtype, (buffer: ArrayBuffer) => TensorData>>;

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(buffer: ArrayBuffer): Float32Array {
  const upper = new Uint16Array(buffer);
  const bits = Uint32Array.from(upper, (half) => half << 16);
  return new Float32Array(bits.buffer);
}

async function readBytes(
  file: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const want = Math.min(length - done, MAX_CHUNK_BYTES);
    const { bytesRead } = await file.read(bytes, done, want, position + done);
    if (bytesRead === 0) throw broken(path, 'it became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.')}: ${issue.message}` : error.message;
}

function broken(path: string, what: string): UserError {
  return new UserError(`${path}: not a sound safetensors file: ${what}. Make or copy it again.`);
}
