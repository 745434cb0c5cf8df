/** What a user should know about a concept's pairs although they can be used. */
import type { Fit, ImageSize } from './images.ts';

export interface PairRemark {
  readonly level: 'info' | 'warning';
  readonly message: string;
}

/** A pair as decoded, with the sizes of its files where its images are files. */
export interface SeenPair {
  readonly name: string;
  readonly source?: ImageSize | undefined;
  readonly target?: ImageSize | undefined;
}

/** Maximum number of pairs that one remark names. */
const MAX_NAMED = 5;
/** Width divided by height of an aligned image whose halves are about square. */
const ALIGNED_SHAPE = { from: 1.8, to: 2.2 };

/** Source and edited images of different shape: what makes them square moves one against the other. */
export function shapeRemarks(pairs: readonly SeenPair[], fit: Fit): PairRemark[] {
  if (fit === 'fill') return [];
  const unlike = pairs.flatMap(({ name, source, target }) =>
    source && target && !haveSameShape(source, target)
      ? [`${name} (${sizeText(source)} and ${sizeText(target)})`]
      : [],
  );
  if (unlike.length === 0) return [];
  const how = fit === 'cover' ? 'cut to the center' : 'padded to squares';
  const message =
    `source and edited image differ in shape: ${listed(unlike)}. ` +
    `${how[0]!.toUpperCase()}${how.slice(1)} they do not show the same: crop them alike, or use image.fit: fill`;
  return [{ level: 'warning', message }];
}

/** Aligned images that do not look like two pictures side by side. */
export function alignedRemarks(pairs: readonly SeenPair[]): PairRemark[] {
  const odd = pairs.flatMap(({ name, source }) => {
    if (!source) return [];
    const ratio = source.width / source.height;
    return ratio >= ALIGNED_SHAPE.from && ratio <= ALIGNED_SHAPE.to ? [] : [`${name} (${sizeText(source)})`];
  });
  if (odd.length === 0) return [];
  const message =
    `not about twice as wide as high: ${listed(odd)}. An aligned image shows source and edited image side by side; ` +
    'plain images belong in pairs.source';
  return [{ level: 'info', message }];
}

/** Pairs that show no edit at all, such as one folder given as source and as target. */
export function sameImageRemarks(sets: readonly { source: Uint8Array; target: Uint8Array }[]): PairRemark[] {
  if (!sets.every(({ source, target }) => Buffer.compare(source, target) === 0)) return [];
  const message =
    'every edited image equals its source, so there is no edit to learn. Check the concept’s pairs';
  return [{ level: 'warning', message }];
}

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
