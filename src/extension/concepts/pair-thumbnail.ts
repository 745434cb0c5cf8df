import { readBytes, readHeader, type TensorInfo, withFile } from '../../project/disk/safetensors-header.ts';
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
 * @param path `.dnw/pairs/<concept>-<hash>.safetensors`
 * @returns undefined if the file contains no pair
 * @throws UserError if the file is damaged
 */
export async function pairThumbnail(path: string): Promise<Uint8Array | undefined> {
  return withFile(path, async (file) => {
    const { tensors } = await readHeader(file, path);
    const halves: Half[] = [];
    for (const name of ['test/source', 'test/target']) {
      const tensor = tensors.get(name);
      if (tensor === undefined || !isImages(tensor)) return undefined;
      const [, height, width] = tensor.shape as [number, number, number, number];
      const pixels = await readBytes(file, path, tensor.byteOffset, height * width * 3);
      halves.push(shrunk(pixels, width, height));
    }
    const [left, right] = halves as [Half, Half];
    return encodePng(sideBySide(left, right), left.width + right.width, left.height);
  });
}

/** uint8 [count, height, width, 3], at least one. */
function isImages({ dtype, shape }: TensorInfo): boolean {
  return dtype === 'U8' && shape.length === 4 && shape[3] === 3 && shape.every((side) => side > 0);
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
