/**
 * The mark of files that this program writes to places that users name: a hash of the content, inside the file. A file that
 * somebody has changed since, whatever with, no longer has the mark of its content.
 */
import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import crc32 from 'crc-32';
import { UserError } from '../project/user-error.ts';
import { readSafetensors } from './safetensors.ts';

/** Key of the mark: of a text in a picture, and in the metadata of a safetensors file. */
export const MARK = 'denoised-weights';
/** Key of what a picture was made from. */
const RECIPE = 'denoised-weights-recipe';

/** Where a format of pictures takes texts that its decoders pass over. */
interface Container {
  readonly is: (file: Buffer) => boolean;
  /** A text with its keyword, as it lies in the file. Its length depends on theirs alone. */
  readonly note: (keyword: string, text: string) => Buffer;
  /** Where notes begin in a file, with or without them; the newest is first. */
  readonly place: (file: Buffer) => number;
  /** Adapts a file that became longer or shorter. */
  readonly resized: (file: Buffer) => Buffer;
}

const startsWith = (bytes: readonly number[]) => (file: Buffer) =>
  file.subarray(0, bytes.length).equals(Buffer.from(bytes));

/** A chunk of PNG: length, type, content, checksum. */
function pngChunk(typeAndContent: string): Buffer {
  const body = Buffer.from(typeAndContent, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeInt32BE(crc32.buf(body));
  return Buffer.concat([length, body, checksum]);
}

const CONTAINERS: readonly Container[] = [
  {
    // PNG: tEXt chunks after the first one, the IHDR.
    is: startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    note: (keyword, text) => pngChunk(`tEXt${keyword}\0${text}`),
    place: () => 8 + 4 + 4 + 13 + 4,
    resized: (file) => file,
  },
  {
    // JPEG: comments after the first segment, which JFIF and EXIF want to be their own.
    is: startsWith([0xff, 0xd8]),
    note: (keyword, text) => {
      const content = Buffer.from(`${keyword}\0${text}`, 'latin1');
      const head = Buffer.from([0xff, 0xfe, 0, 0]);
      head.writeUInt16BE(content.length + 2, 2);
      return Buffer.concat([head, content]);
    },
    place: (file) => (file.length > 6 ? 4 + file.readUInt16BE(4) : 2),
    resized: (file) => file,
  },
  {
    // WebP: unknown chunks at the end, which its extended form allows, before which nothing else may come. RIFF counts bytes.
    is: (file) => file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WEBP',
    note: (keyword, text) => {
      const content = Buffer.from(`${keyword}\0${text}`, 'latin1');
      const head = Buffer.from('DNWN\0\0\0\0', 'latin1');
      head.writeUInt32LE(content.length, 4);
      return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
    },
    place: firstNoteOfWebp,
    resized: (file) => {
      file.writeUInt32LE(file.length - 8, 4);
      return file;
    },
  },
];

/** Where the first of our chunks begins, or the end of the file. */
function firstNoteOfWebp(file: Buffer): number {
  let at = 12;
  while (at + 8 <= file.length && file.toString('latin1', at, at + 4) !== 'DNWN') {
    const length = file.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return Math.min(at, file.length);
}

const containerOf = (file: Buffer) => CONTAINERS.find(({ is }) => is(file));

function withNote(file: Buffer, container: Container, keyword: string, text: string): Buffer {
  const place = container.place(file);
  const note = container.note(keyword, text);
  return container.resized(Buffer.concat([file.subarray(0, place), note, file.subarray(place)]));
}

/**
 * The picture, a PNG, JPEG or WebP file, with the mark of its content.
 * @param recipe what it was made from, as a hash
 */
export function markPicture(picture: Buffer, recipe?: string): Buffer {
  const container = containerOf(picture);
  if (!container) throw new Error('Only PNG, JPEG and WebP files can be marked.');
  const content = recipe === undefined ? picture : withNote(picture, container, RECIPE, recipe);
  return withNote(content, container, MARK, sha256(content));
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
  return path.endsWith('.safetensors') ? hasWeightsMark(path) : unmarked(await readFile(path)) !== undefined;
}

/** Whether a file is a picture of this program, unchanged, that was made from this. @param recipe as for `markPicture` */
export async function isMadeFrom(path: string, recipe: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile()) return false;
  const picture = unmarked(await readFile(path));
  if (!picture) return false;
  const container = containerOf(picture)!;
  const note = container.note(RECIPE, recipe);
  const place = container.place(picture);
  return picture.subarray(place, place + note.length).equals(note);
}

/** The picture as it was before it was marked; undefined if it has no mark, or not that of its content. */
function unmarked(file: Buffer): Buffer | undefined {
  const container = containerOf(file);
  if (!container) return undefined;
  const place = container.place(file);
  const { length } = container.note(MARK, sha256(Buffer.alloc(0)));
  const picture = container.resized(Buffer.concat([file.subarray(0, place), file.subarray(place + length)]));
  return withNote(picture, container, MARK, sha256(picture)).equals(file) ? picture : undefined;
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
