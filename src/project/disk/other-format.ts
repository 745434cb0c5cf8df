/** What files turn out to be that have the name of a safetensors file, by their first bytes. */

/** Number of bytes from the beginning of a file that tell its format. */
export const TELLING_BYTES = 512;

export interface OtherFormat {
  /** What the file is, as the rest of a sentence that begins with "it is". */
  readonly is: string;
  readonly remedy: string;
}

const DOWNLOAD = 'Download the file itself.';
const CONVERT = 'Convert it to safetensors with the tool that made it.';
const UNPACK = 'Unpack it.';

/** Beginnings of texts, in lower case and without blanks before them. */
const TEXTS: readonly (readonly [begin: string, format: OtherFormat])[] = [
  [
    'version https://git-lfs',
    { is: 'a git-lfs pointer', remedy: 'Download the file itself (git lfs pull).' },
  ],
  ['<', { is: 'a web page', remedy: DOWNLOAD }],
  ['{', { is: 'JSON text', remedy: DOWNLOAD }],
];

/** Beginnings of other files, one character per byte. */
const BINARIES: readonly (readonly [begin: string, format: OtherFormat])[] = [
  ['PK\x03\x04', { is: 'a PyTorch archive or another zip file', remedy: CONVERT }],
  // Pickle, protocols 2 to 5: before PyTorch 1.6, torch.save wrote nothing else.
  ...['\x02', '\x03', '\x04', '\x05'].map(
    (protocol) => [`\x80${protocol}`, { is: 'a PyTorch file (pickle)', remedy: CONVERT }] as const,
  ),
  ['\x89HDF', { is: 'an HDF5 file, as Keras writes it', remedy: CONVERT }],
  ['GGUF', { is: 'a GGUF file', remedy: CONVERT }],
  ['\x93NUMPY', { is: 'a NumPy array', remedy: CONVERT }],
  ['\x1f\x8b', { is: 'a gzip archive', remedy: UNPACK }],
  ['\x28\xb5\x2f\xfd', { is: 'a Zstandard archive', remedy: UNPACK }],
  ['7z\xbc\xaf', { is: 'a 7-Zip archive', remedy: UNPACK }],
];

/**
 * What a file is instead of a safetensors file; undefined if that is not known.
 * @param bytes the first TELLING_BYTES of the file, all of them if it is shorter
 */
export function otherFormat(bytes: Uint8Array): OtherFormat | undefined {
  const characters = Buffer.from(bytes).toString('latin1');
  const binary = BINARIES.find(([begin]) => characters.startsWith(begin));
  if (binary) return binary[1];
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  const known = TEXTS.find(([begin]) => text.toLowerCase().startsWith(begin));
  if (known) return known[1];
  const [line] = text.split(/\r?\n/);
  return text === '' ? undefined : { is: `text ("${line!.slice(0, 60)}")`, remedy: DOWNLOAD };
}

/** The bytes as text without blanks around it; undefined if they are none. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  // The last character may have been cut.
  const isText = !/[^\P{Cc}\t\n\r\f]|\ufffd(?!$)/u.test(text);
  // Invisible characters, such as a byte-order mark, do not belong into a message.
  return isText ? text.replaceAll(/\p{Cf}/gu, '').trim() : undefined;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
