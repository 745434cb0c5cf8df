/** The message for one thing, or that for any other count of things; both already translated. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
