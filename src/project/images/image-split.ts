import { namePattern } from '../disk/image-files.ts';

/** What of a training config's section `image` says how images are split. */
export interface WantedSplit {
  readonly train: number;
  readonly test: number;
  /** Pattern of the names of images that are only tested on. */
  readonly testOnly?: string | undefined;
}

/**
 * The numbers of a concept's images for training and for testing. If there are too few images, at most half of them are
 * held out, unless their names say which.
 * @param count number of images that can be decoded
 * @param testOnly number of those whose names `image.testOnly` matches; absent: the config has no such key
 */
export function imageSplit(
  count: number,
  wanted: WantedSplit,
  testOnly?: number,
): { train: number; test: number } {
  if (testOnly !== undefined)
    return { train: Math.min(wanted.train, count - testOnly), test: Math.min(wanted.test, testOnly) };
  const taken = Math.min(count, wanted.train + wanted.test);
  const test = Math.min(wanted.test, Math.floor(taken / 2));
  return { train: taken - test, test };
}

/**
 * What tells by its name whether an image is only tested on; undefined if names do not matter.
 * @throws UserError for a pattern that cannot be followed
 */
export function testOnlyNames({ testOnly }: WantedSplit): ((name: string) => boolean) | undefined {
  return testOnly === undefined ? undefined : namePattern(testOnly);
}
