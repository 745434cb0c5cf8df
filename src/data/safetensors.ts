/** Reading and writing the safetensors format (github.com/huggingface/safetensors). */
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../project/disk/folders.ts';
import {
  type Dtype,
  LENGTH_BYTES,
  MAKE_AGAIN,
  MAX_HEADER_BYTES,
  readBytes,
  readHeader,
  type TensorInfo,
  valueCount,
  withFile,
  withRemedy,
} from '../project/disk/safetensors-header.ts';
import { writeWhole } from '../project/disk/write-whole.ts';
import { UserError } from '../project/user-error.ts';
import { bfloat16ToNumber, halfToNumber } from './number-formats.ts';
import { CHECKSUM_KEY, SafetensorsChecksum } from './safetensors-checksum.ts';

/** Tensor data begins at a multiple of this number of bytes; the header is padded with spaces. */
const ALIGNMENT = 8;

/** The remedy if a file that is being made would hold values that are not numbers. */
const NOT_WRITTEN =
  'The file is not written. Lower the learning rate of the training that these values come from, or use another seed.';

/** A tensor with its values as stored, except that F16 and BF16 are widened to float32. */
type TensorData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

export interface StoredTensor {
  /** The dtype in the file. */
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** How values are read that are NaN or infinite. */
export interface ReadingOptions {
  /** Whether such values are handed on, to be shown; by default, they are refused. */
  readonly notFinite?: 'refuse' | 'keep';
  /** What to do about a file that has some, as a sentence. */
  readonly remedy?: string;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor to write. Its dtype follows from the array: F32, I32, U8, or F16 for the bits of half-precision numbers. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | Uint16Array;
}

/**
 * Reads the whole file. The checksum in its metadata is checked, and not among the metadata that are returned.
 * @throws UserError like `readSafetensorsHeader`, or if a tensor has a dtype other than F32, F16, BF16, I32, I64, U8, or
 *   a value that is NaN or infinite, or the file has a checksum that is not that of its content
 */
export async function readSafetensors(
  path: string,
  { notFinite = 'refuse', remedy = MAKE_AGAIN }: ReadingOptions = {},
): Promise<Safetensors> {
  return withFile(path, async (file) => {
    const header = await readHeader(file, path).catch((error: unknown) => {
      throw withRemedy(error, remedy);
    });
    const { [CHECKSUM_KEY]: expected, ...metadata } = header.metadata;
    const checksum = expected === undefined ? undefined : new SafetensorsChecksum();
    const tensors = new Map<string, StoredTensor>();
    for (const [name, info] of header.tensors) {
      const tensor = await readValues(file, path, name, info, checksum);
      if (notFinite === 'refuse') refuseNotFinite(path, name, tensor.data, remedy);
      tensors.set(name, tensor);
    }
    if (checksum && checksum.with(metadata) !== expected) throw changed(path, remedy);
    return { tensors, metadata };
  });
}

function changed(path: string, remedy: string): UserError {
  return new UserError(
    'damaged-file',
    `${path}: its content is not as it was written: it does not fit the checksum in its metadata. ` +
      `If you changed the file yourself, save it without '${CHECKSUM_KEY}' there; otherwise, it is damaged. ${remedy}`,
  );
}

/**
 * Refuses values that are not numbers: whatever is computed with one of them is not a number either.
 * @param remedy what to do about the file, as a sentence
 * @throws UserError that names the file, the tensor and the first such value
 */
export function refuseNotFinite(
  path: string,
  name: string,
  values: TensorData | WritableTensor['data'],
  remedy: string,
): void {
  if (!(values instanceof Float32Array)) return;
  const found = values.find((value) => !Number.isFinite(value));
  if (found === undefined) return;
  throw new UserError('not-finite', `${path}: tensor '${name}' has a value that is ${found}. ${remedy}`);
}

/**
 * Writes a file, and its folder if necessary. The file is written whole or not at all: under a temporary name, flushed, then
 * renamed. Equal input gives equal bytes.
 * @throws UserError if a value is NaN or infinite: the file could not be read again
 * @throws Error if a tensor's shape does not fit its data or a name is reserved (a bug in the caller)
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor> | Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await makeFolder(dirname(path));
  await writeWhole(path, safetensorsBytes(path, tensors, metadata));
}

/**
 * The bytes of a safetensors file, in pieces.
 * @param path where it will be written, for messages
 * @throws UserError, Error like `writeSafetensors`
 */
export function safetensorsBytes(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor> | Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  const entries = [
    ...(tensors instanceof Map ? tensors : Object.entries(tensors as Record<string, WritableTensor>)),
  ];
  // Wide values first, so that each tensor is aligned to its own width; then by name, as in the reference implementation.
  entries.sort(([nameA, a], [nameB, b]) => {
    return b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1);
  });
  const checksum = new SafetensorsChecksum();
  const tensorEntries: [string, unknown][] = [];
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === '__metadata__') throw new Error('safetensors: a tensor cannot be named __metadata__');
    if (valueCount(shape) !== data.length) {
      throw new Error(`safetensors: '${name}' has shape [${shape.join(', ')}] but ${data.length} values`);
    }
    refuseNotFinite(path, name, data, NOT_WRITTEN);
    const end = offset + data.byteLength;
    const dtype = dtypeOf(data);
    checksum.add(name, dtype, shape, data);
    tensorEntries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset = end;
  }
  // Object.fromEntries defines properties, so that a tensor may even be called __proto__.
  const header = Object.fromEntries([
    ['__metadata__', { ...metadata, [CHECKSUM_KEY]: checksum.with(metadata) }],
    ...tensorEntries,
  ]);
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT, ' ');
  json.copy(padded);
  if (padded.length > MAX_HEADER_BYTES) {
    throw new Error(
      `safetensors: a header of ${padded.length} bytes is over the limit of ${MAX_HEADER_BYTES}`,
    );
  }
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...chunks];
}

function dtypeOf(data: WritableTensor['data']): Dtype {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Uint16Array) return 'F16';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

async function readValues(
  file: FileHandle,
  path: string,
  name: string,
  { dtype, shape, byteOffset, byteLength }: TensorInfo,
  checksum: SafetensorsChecksum | undefined,
): Promise<StoredTensor> {
  if (!(dtype in DECODERS)) {
    const readable = Object.keys(DECODERS).join(', ');
    throw new UserError(
      'wrong-dtype',
      `${path}: tensor '${name}' has dtype ${dtype}, but only ${readable} can be read. Save it in one of these dtypes.`,
    );
  }
  const bytes = await readBytes(file, path, byteOffset, byteLength);
  checksum?.add(name, dtype, shape, bytes);
  return { dtype, shape, data: DECODERS[dtype as keyof typeof DECODERS](bytes.buffer) };
}

const DECODERS = {
  F32: (buffer: ArrayBuffer) => new Float32Array(buffer),
  F16: (buffer: ArrayBuffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber),
  BF16: (buffer: ArrayBuffer) => Float32Array.from(new Uint16Array(buffer), bfloat16ToNumber),
  I32: (buffer: ArrayBuffer) => new Int32Array(buffer),
  I64: (buffer: ArrayBuffer) => new BigInt64Array(buffer),
  U8: (buffer: ArrayBuffer) => new Uint8Array(buffer),
} satisfies Partial<Record<Dtype, (buffer: ArrayBuffer) => TensorData>>;
