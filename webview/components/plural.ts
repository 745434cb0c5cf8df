/** The message for one thing, or the one for any other count; both already translated. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
