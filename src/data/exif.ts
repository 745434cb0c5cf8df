/** Changes to the EXIF block of a photograph (CIPA DC-008, which is a TIFF file without pixels). */

const PREFIX = Buffer.from('Exif\0\0', 'latin1');
const ENTRY_BYTES = 12;
const ORIENTATION = 0x0112;
const GPS = 0x8825;
const UPRIGHT = 1;

/**
 * The block of a photograph whose pixels were turned upright: its orientation says so, and the thumbnail, which shows the
 * photograph as it was, is left out.
 * @param exif the block, with the prefix that it has in JPEG files or without
 * @param keepPlace whether the place where the photograph was taken stays
 * @returns the block with its prefix; undefined if it is damaged
 */
export function uprightExif(exif: Buffer, keepPlace: boolean): Buffer | undefined {
  try {
    return changed(Buffer.from(prefixed(exif)), keepPlace);
  } catch (error) {
    // An offset that leads out of the block.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether the block says where the photograph was taken. */
export function hasPlace(exif: Buffer): boolean {
  try {
    const { tiff, little, first } = tiffOf(prefixed(exif));
    return entriesOf(tiff, little, first).some(({ tag }) => tag === GPS);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const prefixed = (exif: Buffer) =>
  exif.subarray(0, PREFIX.length).equals(PREFIX) ? exif : Buffer.concat([PREFIX, exif]);

interface Entry {
  readonly tag: number;
  /** Where the entry begins. */
  readonly at: number;
}

function tiffOf(exif: Buffer): { tiff: Buffer; little: boolean; first: number } {
  const tiff = exif.subarray(PREFIX.length);
  const order = tiff.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') throw new RangeError('no byte order');
  const little = order === 'II';
  return { tiff, little, first: long(tiff, 4, little) };
}

const short = (tiff: Buffer, at: number, little: boolean) =>
  little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
const long = (tiff: Buffer, at: number, little: boolean) =>
  little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at);

function entriesOf(tiff: Buffer, little: boolean, directory: number): Entry[] {
  return Array.from({ length: short(tiff, directory, little) }, (_, i) => {
    const at = directory + 2 + i * ENTRY_BYTES;
    return { tag: short(tiff, at, little), at };
  });
}

function changed(exif: Buffer, keepPlace: boolean): Buffer {
  const { tiff, little, first } = tiffOf(exif);
  const entries = entriesOf(tiff, little, first);
  const end = first + 2 + entries.length * ENTRY_BYTES;
  // The next directory is that of the thumbnail.
  tiff.writeUInt32LE(0, end);
  for (const { tag, at } of entries) {
    // A single number lies in the first bytes of the value.
    if (tag === ORIENTATION) {
      if (little) tiff.writeUInt16LE(UPRIGHT, at + 8);
      else tiff.writeUInt16BE(UPRIGHT, at + 8);
    }
  }
  const place = entries.find(({ tag }) => tag === GPS);
  if (!place || keepPlace) return exif;
  erase(tiff, little, long(tiff, place.at + 8, little));
  // The entries after it, and the offset of the next directory, move up.
  tiff.copyWithin(place.at, place.at + ENTRY_BYTES, end + 4);
  if (little) tiff.writeUInt16LE(entries.length - 1, first);
  else tiff.writeUInt16BE(entries.length - 1, first);
  return exif;
}

/** Bytes of a value of each TIFF type, from 1. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** Overwrites a directory and its values with zeros. */
function erase(tiff: Buffer, little: boolean, directory: number): void {
  const entries = entriesOf(tiff, little, directory);
  for (const { at } of entries) {
    const bytes = (TYPE_BYTES[short(tiff, at + 2, little)] ?? 0) * long(tiff, at + 4, little);
    if (bytes > 4) {
      const from = long(tiff, at + 8, little);
      tiff.fill(0, from, Math.min(tiff.length, from + bytes));
    }
  }
  tiff.fill(0, directory, Math.min(tiff.length, directory + 2 + entries.length * ENTRY_BYTES));
}
