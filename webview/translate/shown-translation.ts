import type { Translation } from '../../src/protocol/webview/translate.ts';

/** Quality of a translated image against its target, as measured by the engine. */
export interface PictureQuality {
  /** Peak signal-to-noise ratio in decibels. */
  psnr: number;
  /** Structural similarity of the luminance, at most 1. */
  ssim: number;
}

/** An image as pixels to draw, and as the original file to save. */
export interface Picture {
  pixels: ImageData;
  png: Uint8Array;
}

/** A decoded translation with its quality. */
export interface ShownTranslation {
  source: Picture;
  translated: Picture;
  /** Absent if the concept's pairs have no target for this image. */
  target?: Picture;
  /** Absent if there is no target. */
  quality?: PictureQuality;
  /** Seconds that the generator took. */
  seconds: number;
  device: string;
}

async function decode(png: Uint8Array): Promise<Picture> {
  const blob = new Blob([new Uint8Array(png)], { type: 'image/png' });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { pixels: context.getImageData(0, 0, canvas.width, canvas.height), png };
}

export async function show(translation: Translation): Promise<ShownTranslation> {
  const { psnr, ssim, seconds, device } = translation;
  const [source, translated, target] = await Promise.all([
    decode(translation.source),
    decode(translation.translated),
    translation.target && decode(translation.target),
  ]);
  return {
    source,
    translated,
    seconds,
    device,
    ...(target ? { target } : {}),
    ...(psnr !== undefined && ssim !== undefined ? { quality: { psnr, ssim } } : {}),
  };
}
