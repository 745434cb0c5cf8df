/** Images in memory. Nothing here needs Node.js: exported pages (webview/exported) use it as well. */

/** An sRGB image: red, green and blue of each pixel, row by row, in [-1, 1] (-1 is black). */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** height x width x 3 values. */
  readonly data: Float32Array;
}

/** Width and height in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A part of an image, in its pixels. */
export interface ImageArea extends ImageSize {
  readonly left: number;
  readonly top: number;
}

/** The value in [-1, 1] of each 8-bit value: looking it up is faster than computing it. */
export const levelOf = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);

/** 8-bit RGB values (0 to 255) as an image. */
export function imageFromBytes(bytes: Uint8Array, width: number, height: number): Image {
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) data[i] = levelOf[bytes[i]!]!;
  return { width, height, data };
}

/** The image's values as integers from 0 to 255, rounded; values outside [-1, 1] are clipped. */
export function imageToBytes({ data }: Image): Uint8Array<ArrayBuffer> {
  return valuesToBytes(data);
}

/** The same for the values of any number of images. */
export function valuesToBytes(data: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(data.length);
  putBytes(data, bytes, 0);
  return new Uint8Array(bytes.buffer);
}

/** Puts the same integers into an array, from a place on. @returns the place after them */
export function putBytes(data: Float32Array, bytes: Uint8ClampedArray, at: number): number {
  // Assigning rounds and clips.
  for (let i = 0; i < data.length; i++) bytes[at + i] = (data[i]! + 1) * 127.5;
  return at + data.length;
}

/** The values of some images after those of others. A single part is given back itself. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
