/** Reads the values of tensors in pieces, so that a file of any size needs no more memory than one piece. */
import type { FileHandle } from 'node:fs/promises';
import {
  DTYPE_BYTES,
  type Dtype,
  readBytesInto,
  readHeader,
  type SafetensorsHeader,
  type TensorInfo,
  valueCount,
  withFile,
} from '../project/disk/safetensors-header.ts';
import { UserError } from '../project/user-error.ts';
import { bfloat16ToNumber, float8E4M3ToNumber, float8E5M2ToNumber, halfToNumber } from './number-formats.ts';

/** Number of values of one piece: a mebibyte of float64, and at most as many bytes of the file. */
export const PIECE_VALUES = 2 ** 17;

type Decoder = (bytes: ArrayBuffer, count: number, into: Float64Array) => void;

/** The number of every bit pattern: a look-up is faster than the arithmetic. */
function decodeByTable(bits: 8 | 16, numberOf: (pattern: number) => number): Decoder {
  let table: Float32Array | undefined;
  return (bytes, count, into) => {
    table ??= Float32Array.from({ length: 2 ** bits }, (_, pattern) => numberOf(pattern));
    const patterns = bits === 8 ? new Uint8Array(bytes, 0, count) : new Uint16Array(bytes, 0, count);
    for (let i = 0; i < count; i++) into[i] = table[patterns[i]!]!;
  };
}

type Integers = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<number>;

function copied(Type: Integers): Decoder {
  return (bytes, count, into) => into.set(new Type(bytes, 0, count));
}

/** 64-bit integers become the nearest double. */
function narrowed(Type: typeof BigInt64Array | typeof BigUint64Array): Decoder {
  return (bytes, count, into) => {
    const integers = new Type(bytes, 0, count);
    for (let i = 0; i < count; i++) into[i] = Number(integers[i]);
  };
}

const DECODERS: Record<Dtype, Decoder> = {
  F64: copied(Float64Array),
  F32: copied(Float32Array),
  F16: decodeByTable(16, halfToNumber),
  BF16: decodeByTable(16, bfloat16ToNumber),
  F8_E4M3: decodeByTable(8, float8E4M3ToNumber),
  F8_E5M2: decodeByTable(8, float8E5M2ToNumber),
  I64: narrowed(BigInt64Array),
  U64: narrowed(BigUint64Array),
  I32: copied(Int32Array),
  U32: copied(Uint32Array),
  I16: copied(Int16Array),
  U16: copied(Uint16Array),
  I8: copied(Int8Array),
  U8: copied(Uint8Array),
  BOOL: copied(Uint8Array),
};

/** An open safetensors file. Values are read as float64, whatever their stored type. */
export class TensorReader {
  readonly #file: FileHandle;
  readonly #bytes = new Uint8Array(8 * PIECE_VALUES);
  readonly #signal: AbortSignal | undefined;

  private constructor(
    readonly path: string,
    readonly header: SafetensorsHeader,
    file: FileHandle,
    signal: AbortSignal | undefined,
  ) {
    this.#file = file;
    this.#signal = signal;
  }

  /**
   * Opens a file while `use` runs.
   * @param signal if aborted, the next read throws its reason
   * @throws UserError if the file is missing, not a safetensors file, truncated or inconsistent
   */
  static async with<T>(
    path: string,
    signal: AbortSignal | undefined,
    use: (reader: TensorReader) => Promise<T>,
  ): Promise<T> {
    return withFile(path, async (file) =>
      use(new TensorReader(path, await readHeader(file, path), file, signal)),
    );
  }

  /**
   * The dtype, shape and place of a tensor.
   * @throws UserError if there is no such tensor
   */
  tensor(name: string): TensorInfo {
    const info = this.header.tensors.get(name);
    if (info === undefined)
      throw new UserError(
        'no-such-tensor',
        `${this.path}: there is no tensor '${name}'. Open the file again.`,
      );
    return info;
  }

  /**
   * Reads some values of a tensor, in the order of the file.
   * @param first index of the first value
   * @param into array to fill; its length is at most PIECE_VALUES
   * @throws UserError if the file became shorter; the signal's reason once it is aborted
   */
  async read({ dtype, byteOffset }: TensorInfo, first: number, into: Float64Array): Promise<void> {
    this.#signal?.throwIfAborted();
    const width = DTYPE_BYTES[dtype];
    const bytes = this.#bytes.subarray(0, into.length * width);
    await readBytesInto(bytes, this.#file, this.path, byteOffset + first * width);
    DECODERS[dtype](this.#bytes.buffer, into.length, into);
  }

  /**
   * All values of a tensor, in the order of the file, in pieces of at most PIECE_VALUES. A piece is valid until the next one
   * is requested.
   */
  async *pieces(info: TensorInfo): AsyncGenerator<Float64Array, void, void> {
    const count = valueCount(info.shape);
    const piece = new Float64Array(Math.min(count, PIECE_VALUES));
    for (let first = 0; first < count; first += PIECE_VALUES) {
      const values = piece.subarray(0, Math.min(PIECE_VALUES, count - first));
      await this.read(info, first, values);
      yield values;
    }
  }
}
