/**
 * Cuts a text to as many of its first lines as fit a token budget, with a last line that says how many were omitted.
 * @param budget in tokens
 * @param count counts the tokens of a text as the model does
 */
export async function fitBudget(
  text: string,
  budget: number,
  count: (text: string) => Thenable<number>,
): Promise<string> {
  if ((await count(text)) <= budget) return text;
  const lines = text.split('\n');
  const cut = (kept: number) =>
    [...lines.slice(0, kept), `(${lines.length - kept} more lines omitted: narrow the request)`].join('\n');
  let fits = 0;
  let exceeds = lines.length;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if ((await count(cut(middle))) <= budget) fits = middle;
    else exceeds = middle;
  }
  return cut(fits);
}
