/**
 * Works on several items at a time and gives the results in the order of the items. Nothing is running any more once the
 * generator has ended, whether at the end, by an error or because nobody asks for more.
 * @param limit maximum number of items that are worked on, or wait for their turn to be given
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const begun: Promise<R>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      // It is reported when its turn comes.
      result.catch(() => {});
      begun.push(result);
      if (begun.length >= limit) yield await begun.shift()!;
    }
    while (begun.length > 0) yield await begun.shift()!;
  } finally {
    await Promise.allSettled(begun);
  }
}
