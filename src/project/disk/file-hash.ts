import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { openRegular } from './regular-file.ts';

/** Number of hexadecimal digits of a base file's SHA-256 that name its zoo. */
const BASE_HASH_DIGITS = 12;

/** SHA-256 of a file, hexadecimal. @throws like `openRegular` */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await openRegular(path, 'Put the file there again.');
  await pipeline(file.createReadStream(), hash);
  return hash.digest('hex');
}

/** SHA-256 of the bytes of values, or of a text in UTF-8, hexadecimal. */
export function hashContent(content: string | Uint8Array | Float32Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The name of a base's zoo: the first 12 digits of the base file's SHA-256. */
export function baseHashOf(fileHash: string): string {
  return fileHash.slice(0, BASE_HASH_DIGITS);
}
