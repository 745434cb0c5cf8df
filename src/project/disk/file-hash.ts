import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Number of hexadecimal digits of a base file's SHA-256 that name its zoo. */
const BASE_HASH_DIGITS = 12;

/** SHA-256 of a file, hexadecimal. @throws the file system's error */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** SHA-256 of bytes, or of a text in UTF-8, hexadecimal. */
export function hashContent(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The name of a base's zoo: the first 12 digits of the base file's SHA-256. */
export function baseHashOf(fileHash: string): string {
  return fileHash.slice(0, BASE_HASH_DIGITS);
}
