/** What is used of gifenc, which has no types of its own. */
declare module 'gifenc' {
  /** Colours as [red, green, blue], 0 to 255. */
  export type Palette = number[][];

  export interface FrameOptions {
    palette: Palette;
    /** Milliseconds, in hundredths of a second in the file. */
    delay: number;
  }

  export interface Encoder {
    writeFrame(indices: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  /** A GIF that repeats for ever. */
  export function GIFEncoder(): Encoder;
  export function quantize(
    rgba: Uint8ClampedArray,
    maxColors: number,
    options: { format: 'rgb565' | 'rgb444' },
  ): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
