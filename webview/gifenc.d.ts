/** The parts of gifenc that are used here; it has no types of its own. */
declare module 'gifenc' {
  /** Colors as [red, green, blue], 0 to 255. */
  export type Palette = number[][];

  export interface FrameOptions {
    palette: Palette;
    /** Milliseconds; the file stores hundredths of a second. */
    delay: number;
  }

  export interface Encoder {
    writeFrame(indices: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  }

  /** An encoder of a GIF that repeats forever. */
  export function GIFEncoder(): Encoder;
  export function quantize(
    rgba: Uint8ClampedArray,
    maxColors: number,
    options: { format: 'rgb565' | 'rgb444' },
  ): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
