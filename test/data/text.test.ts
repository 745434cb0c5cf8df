import { describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/text.ts';
import { hasWords, promptWords } from '../../src/project/prompt-words.ts';

it.each([
  ['Van Gogh style!', ['van', 'gogh', 'style']],
  ['Öl auf LEINWAND, naïve', ['öl', 'auf', 'leinwand', 'naïve']],
  ['E\u0301toile', ['étoile']],
  ['snow 0.5 / 70x70', ['snow', '0.5', '70', 'x', '70']],
  ['梵高 style', ['梵', '高', 'style']],
  ['冬のソナタ', ['冬', 'のソナタ']],
  ['ﬁre 🔥', ['fire']],
  ['हिन्दी', ['हिन्दी']],
  ['...', []],
])('finds the words of %j', (prompt, words) => {
  expect(promptWords(prompt)).toEqual(words);
});

it.each([
  ['make it snow', true],
  ['70s', true],
  ['1900', true],
  ['雪', true],
  ['™', true],
  ['', false],
  [' \t', false],
  ['!!!', false],
  ['🎨', false],
  ['❤️', false],
  ['\u0301', false],
])('knows whether %j says anything', (prompt, says) => {
  expect(hasWords(prompt)).toBe(says);
});

describe('a vocabulary', () => {
  const vocabulary = Vocabulary.ofPrompts(['Van Gogh', 'gray hair', 'van'], 8);

  it('has a row for the null prompt, for each word and for each bucket', () => {
    expect(vocabulary.words).toEqual(['gogh', 'gray', 'hair', 'van']);
    expect(vocabulary.size).toBe(1 + 4 + 8);
  });

  it('pads, and masks the padding', () => {
    const { tokens, mask, dropped } = vocabulary.encode('Hair, Van', 4);
    expect([...tokens]).toEqual([3, 4, 0, 0]);
    expect([...mask]).toEqual([1, 1, 0, 0]);
    expect(vocabulary.unseenIn('Hair, Van')).toEqual([]);
    expect(dropped).toEqual([]);
  });

  it('puts unseen words into buckets and names them', () => {
    const { tokens } = vocabulary.encode('gray zombie hair zombie', 4);
    expect(vocabulary.unseenIn('gray zombie hair zombie')).toEqual(['zombie']);
    expect(tokens[1]).toBe(tokens[3]);
    expect(tokens[1]).toBeGreaterThanOrEqual(5);
    expect(tokens[1]).toBeLessThan(13);
  });

  it('spreads unseen words over the buckets', () => {
    const words = Array.from({ length: 300 }, (_, i) => `z${'abcdefghij'[i % 10]}${'x'.repeat(i / 10)}`);
    const { tokens } = Vocabulary.ofPrompts(['van'], 2048).encode(words.join(' '), 300);
    expect(Math.min(...tokens)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...tokens)).toBeLessThan(2050);
    expect(new Set(tokens).size).toBeGreaterThan(250);
  });

  it('names what it leaves out of a long prompt', () => {
    const { tokens, dropped } = vocabulary.encode('gray hair van gogh', 2);
    expect([...tokens]).toEqual([2, 3]);
    expect(dropped).toEqual(['van', 'gogh']);
  });

  it('encodes an empty prompt as the null prompt, which has one token to look at', () => {
    const { tokens, mask } = vocabulary.encode(' ', 3);
    expect([...tokens]).toEqual([0, 0, 0]);
    expect([...mask]).toEqual([1, 0, 0]);
  });

  it('counts words', () => {
    expect([...vocabulary.bagOfWords('van gray VAN zombie')]).toEqual([0, 1, 0, 2]);
  });

  it('survives JSON', () => {
    const again = new Vocabulary(JSON.parse(JSON.stringify(vocabulary)));
    expect(again.encode('zombie van', 4)).toEqual(vocabulary.encode('zombie van', 4));
  });
});
