/** The package only declares its other checksum. */
declare module 'crc-32/crc32c.js' {
  /** @returns CRC-32C as a signed 32-bit integer */
  export function buf(data: Uint8Array): number;
  const crc32c: { readonly buf: typeof buf };
  export default crc32c;
}
