/** A checksum in the metadata of the safetensors files that this program writes, so that a changed byte is noticed. */
import { crc32OfBytes } from '../project/disk/crc-32.ts';
import type { Dtype } from '../project/disk/safetensors-header.ts';

/** Key of the checksum in a file's metadata. Files of earlier versions and of other programs lack it. */
export const CHECKSUM_KEY = 'crc32';

/**
 * A CRC-32 over the names, dtypes, shapes and bytes of tensors, and over the metadata beside it. The order in which a
 * program lays them out does not matter: a copy of the file in another order has the same checksum.
 */
export class SafetensorsChecksum {
  readonly #tensors: [name: string, dtype: Dtype, shape: readonly number[], crc32: number][] = [];

  /** @param data the tensor's values as they are stored */
  add(name: string, dtype: Dtype, shape: readonly number[], data: ArrayBufferView): void {
    this.#tensors.push([name, dtype, shape, crc32OfBytes(data)]);
  }

  /** The checksum of all tensors so far and of the metadata, as eight hexadecimal digits. */
  with(metadata: Readonly<Record<string, string>>): string {
    const texts = Object.entries(metadata).filter(([key]) => key !== CHECKSUM_KEY);
    const content = JSON.stringify([texts.sort(byFirst), this.#tensors.sort(byFirst)]);
    return crc32OfBytes(Buffer.from(content)).toString(16).padStart(8, '0');
  }
}

function byFirst([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
