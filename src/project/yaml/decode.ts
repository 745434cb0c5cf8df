import { rejectedDocument, type YamlDocument } from './document.ts';
import { parseYaml } from './parse.ts';

/** Parses bytes as UTF-8 YAML, with or without a byte order mark. Other encodings are a problem that names them. */
export function decodeYaml(file: string, bytes: Uint8Array): YamlDocument {
  const save = 'Save the file as UTF-8.';
  const wrong = (encoding: string) =>
    rejectedDocument(file, '', 0, 0, {
      kind: 'encoding',
      message: `The file is encoded as ${encoding}, not as UTF-8.`,
      remedy: save,
    });
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return wrong('UTF-16');
  // In ASCII text that is encoded as UTF-16 or UTF-32, at least every second byte is zero.
  const head = bytes.subarray(0, 1024);
  if (head.length >= 4 && head.filter((byte) => byte === 0).length > head.length / 3)
    return wrong('UTF-16 or UTF-32');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const before = new TextDecoder('utf-8').decode(bytes);
    const at = before.indexOf('\ufffd');
    return rejectedDocument(file, before, at, at + 1, {
      kind: 'encoding',
      message: 'This character is not valid UTF-8; the file may be encoded as Latin-1 or Windows-1252.',
      remedy: save,
    });
  }
  return parseYaml(file, text);
}
