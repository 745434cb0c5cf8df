import { isDeepStrictEqual } from 'node:util';

/** Dotted keys, such as `base.steps`, in which two training configs differ. */
export function changedKeys(was: unknown, now: unknown): string[] {
  if (!isObject(was) || !isObject(now)) return isDeepStrictEqual(was, now) ? [] : [''];
  return Object.keys({ ...was, ...now }).flatMap((key) =>
    changedKeys(was[key], now[key]).map((rest) => (rest === '' ? key : `${key}.${rest}`)),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
