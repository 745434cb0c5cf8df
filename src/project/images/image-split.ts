/**
 * The numbers of a concept's images for training and for testing. If there are too few images, at most half of them are
 * held out.
 * @param count number of images that can be decoded
 */
export function imageSplit(
  count: number,
  wanted: { readonly train: number; readonly test: number },
): { train: number; test: number } {
  const taken = Math.min(count, wanted.train + wanted.test);
  const test = Math.min(wanted.test, Math.floor(taken / 2));
  return { train: taken - test, test };
}
