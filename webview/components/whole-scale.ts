/** Side of a picture in a file that is saved, at least. */
const LEAST_SIDE = 128;

/** By how much small pictures are enlarged in a file: a whole factor, so that pixels stay sharp squares. */
export function wholeScale(largestSide: number): number {
  return Math.max(1, Math.ceil(LEAST_SIDE / largestSide));
}
