import { basename, join } from 'node:path';
import {
  type ImageFile,
  openImageFile,
  pairsSchema,
  readImage,
  sourcesSchema,
} from '../../project/images/image-file.ts';
import { projectPaths } from '../../project/paths.ts';
import { encodePng } from '../png.ts';

/** Maximum side of each half in pixels: a tooltip's text may be at most 100,000 characters long. */
const SIDE = 96;

/** Pixels are height x width x 3 bytes. */
interface Half {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The first held-out pair of a concept's prepared pairs as PNG, the source on the left and the target on the right.
 * @param project the project's folder
 * @param path `.dnw/pairs/<concept>-<hash>.safetensors`
 * @returns undefined if the file contains no pair
 * @throws UserError if the file or that of its sources is damaged, or was written by an earlier version
 */
export async function pairThumbnail(project: string, path: string): Promise<Uint8Array | undefined> {
  const targets = await openImageFile(path, pairsSchema);
  const [row] = targets.about.rows;
  if (row === undefined) return undefined;
  const sources = await openImageFile(
    join(projectPaths(project).sources, basename(targets.about.sources)),
    sourcesSchema,
  );
  const [left, right] = [await half(sources, row), await half(targets, 0)];
  return encodePng(sideBySide(left, right), left.width + right.width, left.height);
}

async function half(image: ImageFile<unknown>, index: number): Promise<Half> {
  return shrunk(await readImage(image, index), image.size, image.size);
}

/** Averages square blocks of pixels so that both sides fit. */
function shrunk(pixels: Uint8Array, width: number, height: number): Half {
  const factor = Math.ceil(Math.max(width, height) / SIDE);
  const to = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
  const result = new Uint8Array(to.width * to.height * 3);
  for (let i = 0; i < result.length; i++) {
    const channel = i % 3;
    const x = Math.floor(i / 3) % to.width;
    const y = Math.floor(i / 3 / to.width);
    let sum = 0;
    for (let dy = 0; dy < factor; dy++) {
      for (let dx = 0; dx < factor; dx++) {
        sum += pixels[((y * factor + dy) * width + x * factor + dx) * 3 + channel]!;
      }
    }
    result[i] = Math.round(sum / factor ** 2);
  }
  return { pixels: result, ...to };
}

/** Places two images of the same height side by side. */
function sideBySide(left: Half, right: Half): Uint8Array {
  const stride = (left.width + right.width) * 3;
  const whole = new Uint8Array(stride * left.height);
  for (let y = 0; y < left.height; y++) {
    whole.set(left.pixels.subarray(y * left.width * 3, (y + 1) * left.width * 3), y * stride);
    whole.set(
      right.pixels.subarray(y * right.width * 3, (y + 1) * right.width * 3),
      y * stride + left.width * 3,
    );
  }
  return whole;
}
