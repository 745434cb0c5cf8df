import type { StoredImages } from '../../src/data/stored-images.ts';

/** Images of equal size in memory, one after the other. */
export function imagesOf(bytes: Uint8Array, count: number): StoredImages {
  const length = bytes.length / count;
  const rowLength = Math.sqrt(length / 3) * 3;
  return {
    read: async (index, rows) => {
      const start = index * length + (rows?.from ?? 0) * rowLength;
      return bytes.slice(start, start + (rows ? rows.count * rowLength : length));
    },
  };
}

/** All bytes of the first images. */
export async function allBytes(images: StoredImages, count: number): Promise<Uint8Array> {
  const all = await Promise.all(Array.from({ length: count }, (_, index) => images.read(index)));
  return new Uint8Array(Buffer.concat(all));
}
