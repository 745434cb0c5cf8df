/**
 * A text's first lines, as many as a model has tokens for, with a last line that says how many are left out.
 * @param budget tokens
 * @param count tokens of a text, as the model counts
 */
export async function fitBudget(
  text: string,
  budget: number,
  count: (text: string) => Thenable<number>,
): Promise<string> {
  if ((await count(text)) <= budget) return text;
  const lines = text.split('\n');
  const cut = (kept: number) =>
    [...lines.slice(0, kept), `(${lines.length - kept} more lines left out: narrow the request)`].join('\n');
  let fits = 0;
  let exceeds = lines.length;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if ((await count(cut(middle))) <= budget) fits = middle;
    else exceeds = middle;
  }
  return cut(fits);
}
