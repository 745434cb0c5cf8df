/** What a user should know about a concept's pairs although they can be used. */
import type { ImageSize } from './image-values.ts';
import type { Fit } from './images.ts';

export interface PairRemark {
  readonly level: 'info' | 'warning';
  readonly message: string;
}

/** Maximum number of pairs that one remark names. */
const MAX_NAMED = 5;
/** Width divided by height of an aligned image whose halves are about square. */
const ALIGNED_SHAPE = { from: 1.8, to: 2.2 };

/**
 * Why a pair of different shapes is not used: what makes its images square moves one against the other.
 * @returns undefined if the shapes are the same, or both images are stretched
 */
export function shapeDifference(source: ImageSize, target: ImageSize, fit: Fit): string | undefined {
  if (fit === 'fill' || haveSameShape(source, target)) return undefined;
  const how = fit === 'cover' ? 'cut to the center' : 'padded to squares';
  return (
    `its shape (${sizeText(target)}) differs from its source image’s (${sizeText(source)}): ${how}, ` +
    'they would not show the same. Crop them alike, or use image.fit: fill'
  );
}

/** Aligned images that do not look like two pictures side by side. */
export function alignedRemarks(images: readonly { name: string; size: ImageSize }[]): PairRemark[] {
  const odd = images.flatMap(({ name, size }) => {
    const ratio = size.width / size.height;
    return ratio >= ALIGNED_SHAPE.from && ratio <= ALIGNED_SHAPE.to ? [] : [`${name} (${sizeText(size)})`];
  });
  if (odd.length === 0) return [];
  const message =
    `not about twice as wide as high: ${listed(odd)}. An aligned image shows source and edited image side by side; ` +
    'plain images belong in pairs.source';
  return [{ level: 'info', message }];
}

/**
 * Images that have to be enlarged to the load size, although crops are meant to show textures at their own scale.
 * @param load side in pixels of the squares that images become, and how
 */
export function enlargedRemarks(
  images: readonly { name: string; size: ImageSize }[],
  { size: side, fit }: { readonly size: number; readonly fit: Fit },
): PairRemark[] {
  const small = images.flatMap(({ name, size }) => {
    const { width, height } = size;
    const isSmall = (fit === 'contain' ? Math.max(width, height) : Math.min(width, height)) < side;
    return isSmall ? [`${name} (${sizeText(size)})`] : [];
  });
  if (small.length === 0) return [];
  const message =
    `smaller than image.crop.from (${side}), and enlarged: ${listed(small)}. ` +
    'Crops of them are blurred. Use larger images, or a smaller image.crop.from';
  return [{ level: 'warning', message }];
}

/** For pairs that show no edit at all, such as one folder given as source and as target. */
export const SAME_IMAGES: PairRemark = {
  level: 'warning',
  message: 'every edited image equals its source, so there is no edit to learn. Check the concept’s pairs',
};

/** Whether one size is the other one scaled, up to a pixel of rounding in the smaller image. */
export function haveSameShape(a: ImageSize, b: ImageSize): boolean {
  const width = (a.width / a.height) * b.height;
  const height = (a.height / a.width) * b.width;
  const widthOfA = (b.width / b.height) * a.height;
  const heightOfA = (b.height / b.width) * a.width;
  const offs = [width - b.width, height - b.height, widthOfA - a.width, heightOfA - a.height];
  return Math.min(...offs.map(Math.abs)) <= 1;
}

const sizeText = ({ width, height }: ImageSize) => `${width}x${height}`;

function listed(texts: readonly string[]): string {
  const more = texts.length - MAX_NAMED;
  return `${texts.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
