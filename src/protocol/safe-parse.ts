/** What a schema of zod can do, whichever of its two forms it has. */
interface Checking<R> {
  safeParse(value: unknown): R;
}

/**
 * A copy in which a `length` that is an object is `true`: it can be compared, and is still no length.
 * @param copies of objects that were met before, which may hold themselves
 */
function withPlainLengths(value: unknown, copies = new Map<object, unknown>()): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (copies.has(value)) return copies.get(value);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    copies.set(value, copy);
    for (const entry of value) copy.push(withPlainLengths(entry, copies));
    return copy;
  }
  const copy: Record<string, unknown> = {};
  copies.set(value, copy);
  for (const [key, entry] of Object.entries(value)) {
    const isOdd = key === 'length' && (Object(entry) === entry || typeof entry === 'symbol');
    // An own key `__proto__` stays one.
    Object.defineProperty(copy, key, {
      value: isOdd ? true : withPlainLengths(entry, copies),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}

/**
 * Checks a value of unknown origin against a schema, and never throws. zod compares the `length` of everything that has
 * one with the limits of texts and lists, and throws if it is an object that has no primitive value, as in
 * `prompt: {length: {toString: 1, valueOf: 1}}`.
 */
export function safeParse<R>(schema: Checking<R>, value: unknown): R {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return schema.safeParse(withPlainLengths(value));
  }
}
