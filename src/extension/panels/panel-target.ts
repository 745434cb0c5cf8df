/** Whether a value that a page kept across a reload has a string under each of these keys. */
export function hasStrings<K extends string>(kept: unknown, keys: readonly K[]): kept is Record<K, string> {
  if (typeof kept !== 'object' || kept === null) return false;
  const record = kept as Record<string, unknown>;
  return keys.every((key) => typeof record[key] === 'string');
}
