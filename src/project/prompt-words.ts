// Han text has no spaces between words, so every character counts as a word.
const WORD = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}])+|\p{N}+(?:[.,]\p{N}+)*/gu;

/** Lower-case words and numbers of a prompt in any script, in order. */
export function promptWords(prompt: string): string[] {
  return prompt.normalize('NFKC').toLowerCase().match(WORD) ?? [];
}

/** What a prompt needs, wherever it is written. */
export const WORDS_NEEDED = 'text with at least one word or number, such as make it snow';

/**
 * Whether a prompt has a word or a number. All prompts without are the same to a prompt encoder, whatever their signs
 * and emoji are.
 */
export function hasWords(prompt: string): boolean {
  // A mark alone is not a word: the emoji ❤️ consists of a sign and a mark.
  return promptWords(prompt).some((word) => !/^\p{M}+$/u.test(word));
}

/**
 * Groups of items whose prompts are the same to a prompt encoder, which reads words and not their case or punctuation;
 * each group has at least two.
 */
export function withEqualPrompts<T extends { readonly prompt: string }>(items: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const words = promptWords(item.prompt).join(' ');
    const group = groups.get(words);
    if (group) group.push(item);
    else groups.set(words, [item]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
