/**
 * The mark of files that this program writes to places that users name: a hash of the content, inside the file. A file that
 * somebody has changed since, whatever with, no longer has the mark of its content.
 */
import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { crc32OfBytes } from '../project/disk/crc-32.ts';
import { UserError } from '../project/user-error.ts';
import { readSafetensors } from './safetensors.ts';

/** Key of the mark: of a text in a picture, and in the metadata of a safetensors file. */
export const MARK = 'denoised-weights';
/** Key of what a picture was made from. */
const RECIPE = 'denoised-weights-recipe';

/** How our HTML files begin. */
export const HTML_START = '<!doctype html>\n';

/** Where a format takes texts that its readers pass over. */
interface Container {
  readonly is: (file: Buffer) => boolean;
  /** A text with its keyword, as it lies in the file. Its length depends on theirs alone. */
  readonly note: (keyword: string, text: string) => Buffer;
  /** Where notes begin in a file, with or without them; the newest is first. */
  readonly place: (file: Buffer) => number;
  /** The first bytes of a file that became longer or shorter. */
  readonly resized: (start: Buffer, length: number) => Buffer;
}

const startsWith = (bytes: readonly number[]) => (file: Buffer) =>
  file.subarray(0, bytes.length).equals(Buffer.from(bytes));

/** A chunk of PNG: length, type, content, checksum. */
function pngChunk(typeAndContent: string): Buffer {
  const body = Buffer.from(typeAndContent, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32OfBytes(body));
  return Buffer.concat([length, body, checksum]);
}

const CONTAINERS: readonly Container[] = [
  {
    // PNG: tEXt chunks after the first one, the IHDR.
    is: startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    note: (keyword, text) => pngChunk(`tEXt${keyword}\0${text}`),
    place: () => 8 + 4 + 4 + 13 + 4,
    resized: (start) => start,
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
    resized: (start) => start,
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
    resized: (start, length) => {
      const counted = Buffer.from(start);
      counted.writeUInt32LE(length - 8, 4);
      return counted;
    },
  },
  {
    // HTML: comments after the first line.
    is: startsWith([...Buffer.from(HTML_START)]),
    note: (keyword, text) => Buffer.from(`<!--${keyword} ${text}-->\n`, 'latin1'),
    place: () => HTML_START.length,
    resized: (start) => start,
  },
  {
    // ONNX: an entry of the model's metadata at the end, which protocol buffers allow in any order.
    is: (file) => file.toString('latin1', 0, 20) === '\x08\x08\x12\x10denoised-weights',
    note: onnxEntry,
    place: (file) => {
      const { length } = onnxEntry(MARK, sha256([]));
      const key = onnxEntry(MARK, '').subarray(2, 4 + MARK.length);
      const start = Math.max(0, file.length - length);
      return file.subarray(start + 2, start + 2 + key.length).equals(key) ? start : file.length;
    },
    resized: (start) => start,
  },
];

/** An entry of an ONNX model's metadata: field 14, with the key as field 1 and the value as field 2. */
function onnxEntry(key: string, value: string): Buffer {
  const text = (field: number, content: string) =>
    Buffer.concat([Buffer.from([(field << 3) | 2, content.length]), Buffer.from(content, 'latin1')]);
  const entry = Buffer.concat([text(1, key), text(2, value)]);
  return Buffer.concat([Buffer.from([(14 << 3) | 2, entry.length]), entry]);
}

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

/** The first bytes of a file, which count its length in some formats. */
const START = 12;

/** The file with other notes, in pieces: a large file is not copied. */
function withNotes(file: Buffer, container: Container, notes: readonly Buffer[], place: number): Buffer[] {
  const rest = [file.subarray(START, place), ...notes, file.subarray(place)];
  const length = rest.reduce((sum, piece) => sum + piece.length, START);
  return [container.resized(file.subarray(0, START), length), ...rest];
}

/**
 * A PNG, JPEG or WebP file, or an HTML page or ONNX model of this program, with the mark of its content, in pieces.
 * @param recipe what a picture was made from, as a hash
 */
export function markFile(file: Buffer, recipe?: string): readonly Uint8Array[] {
  const container = containerOf(file);
  if (!container) throw new Error('Only PNG, JPEG, WebP, HTML and ONNX files can be marked.');
  const place = container.place(file);
  if (place < START) throw new Error('The file begins with a segment that is too short to be marked.');
  const notes = recipe === undefined ? [] : [container.note(RECIPE, recipe)];
  const mark = container.note(MARK, sha256(withNotes(file, container, notes, place)));
  return withNotes(file, container, [mark, ...notes], place);
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
  return path.endsWith('.safetensors') ? hasWeightsMark(path) : afterMark(await readFile(path)) !== undefined;
}

/** Whether a file is a picture of this program, unchanged, that was made from this. @param recipe as for `markFile` */
export async function isMadeFrom(path: string, recipe: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile()) return false;
  const file = await readFile(path);
  const after = afterMark(file);
  const note = containerOf(file)?.note(RECIPE, recipe);
  return after !== undefined && note !== undefined && file.subarray(after, after + note.length).equals(note);
}

/** Where the mark of a file ends; undefined if it has none, or not that of its content. */
function afterMark(file: Buffer): number | undefined {
  const container = containerOf(file);
  if (!container) return undefined;
  const place = container.place(file);
  const end = place + container.note(MARK, sha256([])).length;
  if (place < START || end > file.length) return undefined;
  const rest = [file.subarray(START, place), file.subarray(end)];
  const length = rest.reduce((sum, piece) => sum + piece.length, START);
  const start = file.subarray(0, START);
  const mark = container.note(MARK, sha256([container.resized(start, length), ...rest]));
  const isWhole = container.resized(start, file.length).equals(start);
  return isWhole && file.subarray(place, end).equals(mark) ? end : undefined;
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

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
