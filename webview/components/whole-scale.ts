/** Minimum side of an image in a saved file, in pixels. */
const LEAST_SIDE = 128;

/** Factor by which small images are enlarged in a file: an integer, so that pixels stay sharp squares. */
export function wholeScale(largestSide: number): number {
  return Math.max(1, Math.ceil(LEAST_SIDE / largestSide));
}
