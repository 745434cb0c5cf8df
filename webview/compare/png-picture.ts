import { canvasPng } from '../components/canvas-png.ts';

/** Pixels of the image for each unit of the drawing. */
const SCALE = 2;

/** An SVG file as a PNG of twice its size. */
export async function pngPicture(svg: string, size: { width: number; height: number }): Promise<Uint8Array> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(size.width * SCALE, size.height * SCALE);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = size.width * SCALE;
    canvas.height = size.height * SCALE;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvasPng(canvas);
  } finally {
    URL.revokeObjectURL(address);
  }
}
