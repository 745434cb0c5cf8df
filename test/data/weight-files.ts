/** Safetensors files as other tools write them, made byte by byte and not by the code under test. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ForeignTensor {
  readonly dtype: 'F32' | 'F16' | 'BF16' | 'I64';
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export function writeForeignFile(
  path: string,
  tensors: Readonly<Record<string, ForeignTensor>>,
  metadata?: Readonly<Record<string, string>>,
): void {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const chunks: Buffer[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
    const bytes = Buffer.concat(Array.from(values, (value) => ENCODE[dtype](value)));
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    chunks.push(bytes);
    offset += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([length, json, ...chunks]));
}

const ENCODE: Record<ForeignTensor['dtype'], (value: number) => Buffer> = {
  F32: float32,
  BF16: (value) => float32(value).subarray(2),
  F16: (value) => {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(half(value));
    return bytes;
  },
  I64: (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
};

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

/** IEEE 754 binary16 of zero, of a value in its normal range, cut to ten bits of fraction, or of none that is finite. */
function half(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  if (!Number.isFinite(value)) return value < 0 ? 0xfc00 : 0x7c00;
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.trunc((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}
