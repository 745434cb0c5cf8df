/** How many items a message names; the rest are counted. */
const MOST_NAMED = 5;

/** The first few names or other parts of a sentence, and how many more there are. */
export function fewNamed(parts: readonly string[]): string {
  const rest = parts.length - MOST_NAMED;
  return [...parts.slice(0, MOST_NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}
