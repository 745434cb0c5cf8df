/** Copies of a file, each with one changed bit, in every byte in turn. The next one is made after the last was used. */
export function* changedBytes(file: Buffer): Generator<{ byte: number; changed: Buffer }, void, void> {
  for (let byte = 0; byte < file.length; byte++) {
    const changed = Buffer.from(file);
    changed[byte]! ^= 1 << (byte % 8);
    yield { byte, changed };
  }
}
