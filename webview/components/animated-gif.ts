import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import { drawText } from './canvas-text.ts';
import { wholeScale } from './whole-scale.ts';

export interface Frame {
  picture: ImageBitmap | HTMLImageElement;
  caption: string;
  /** How long the frame is shown. */
  milliseconds: number;
}

/** Number of colors of each GIF frame. */
const COLORS = 256;
/** Resolution at which the 256 colors are chosen: a finer one is ten times slower and hardly better. */
const BINS = { format: 'rgb444' } as const;
const CAPTION_HEIGHT = 22;
const CAPTION_MARGIN = 6;
/** Minimum width in pixels, which the caption needs whatever the size of the image. */
const LEAST_WIDTH = 192;

/** Lets the page respond to its user between two frames. */
const breathe = () => new Promise((resume) => setTimeout(resume));

/**
 * Images in sequence as an animated GIF that repeats forever, each above its caption, black on white. Small images are
 * enlarged without smoothing; every frame has its own 256 colors.
 * @param frames at least one; smaller images are placed in the upper left corner
 */
export async function animatedGif(frames: readonly Frame[]): Promise<Uint8Array> {
  const widest = Math.max(...frames.map(({ picture }) => picture.width));
  const highest = Math.max(...frames.map(({ picture }) => picture.height));
  const scale = wholeScale(Math.max(widest, highest));
  const canvas = new OffscreenCanvas(Math.max(widest * scale, LEAST_WIDTH), highest * scale + CAPTION_HEIGHT);
  const { width, height } = canvas;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingEnabled = false;
  context.font = '13px sans-serif';
  context.textBaseline = 'middle';
  const gif = GIFEncoder();
  for (const { picture, caption, milliseconds } of frames) {
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
    context.fillStyle = 'black';
    const middle = height - CAPTION_HEIGHT / 2;
    drawText(context, caption, CAPTION_MARGIN, middle, width - 2 * CAPTION_MARGIN);
    const { data } = context.getImageData(0, 0, width, height);
    const palette = quantize(data, COLORS, BINS);
    gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: milliseconds });
    await breathe();
  }
  gif.finish();
  return gif.bytes();
}
