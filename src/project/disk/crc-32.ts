import crc32 from 'crc-32';

/** The CRC-32 of some bytes, as an unsigned number. */
export function crc32OfBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
  return crc32.buf(new Uint8Array(buffer, byteOffset, byteLength)) >>> 0;
}
