import type { PictureShape, Translation } from '../../src/protocol/webview/translate.ts';

/** Quality of a translated image against its target, as measured by the engine. */
export interface PictureQuality {
  /** Peak signal-to-noise ratio in decibels. */
  psnr: number;
  /** Structural similarity of the luminance, at most 1. */
  ssim: number;
}

/** A decoded image, as pixels and as what can be drawn at any size. */
export interface Picture {
  pixels: ImageData;
  bitmap: ImageBitmap;
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
  /** Size of the image itself. */
  picture: PictureShape;
  /** Whether it was translated at the size of training although full resolution was asked for. */
  isPreview: boolean;
  remarks: readonly string[];
}

async function decode(png: Uint8Array): Promise<Picture> {
  const blob = new Blob([new Uint8Array(png)], { type: 'image/png' });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  return { pixels: context.getImageData(0, 0, canvas.width, canvas.height), bitmap };
}

export async function show(translation: Translation): Promise<ShownTranslation> {
  const { psnr, ssim, seconds, device, picture, isPreview, remarks } = translation;
  const [source, translated, target] = await Promise.all([
    decode(translation.source),
    decode(translation.translated),
    translation.target && decode(translation.target),
  ]);
  return {
    source,
    translated,
    ...{ seconds, device, picture, isPreview, remarks },
    ...(target ? { target } : {}),
    ...(psnr !== undefined && ssim !== undefined ? { quality: { psnr, ssim } } : {}),
  };
}
