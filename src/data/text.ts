/** Encoding of prompts as rows of a token table, and as bags of words. */
import { promptWords } from '../project/prompt-words.ts';
import type { EncodedPrompt } from './prompt-encoder.ts';

/** The row of the null prompt. */
const NULL_TOKEN = 0;

export interface VocabularyData {
  readonly words: readonly string[];
  readonly buckets: number;
}

/** A token table with rows for known words and hash buckets for all other words. Row 0 is the null prompt. */
export class Vocabulary {
  readonly #words: readonly string[];
  readonly #buckets: number;
  readonly #rows: ReadonlyMap<string, number>;

  /** @throws Error if a word is given twice or there is no bucket */
  constructor({ words, buckets }: VocabularyData) {
    this.#words = words;
    this.#buckets = buckets;
    this.#rows = new Map(words.map((word, i) => [word, NULL_TOKEN + 1 + i]));
    if (this.#rows.size !== words.length) throw new Error('A vocabulary must not name a word twice');
    if (!(Number.isInteger(buckets) && buckets > 0))
      throw new Error(`A vocabulary needs at least one bucket, not ${buckets}`);
  }

  /** The vocabulary of these prompts. Words are sorted, so that the order of the prompts does not matter. */
  static ofPrompts(prompts: readonly string[], buckets = 64): Vocabulary {
    return new Vocabulary({ words: [...new Set(prompts.flatMap(promptWords))].sort(), buckets });
  }

  toJSON(): VocabularyData {
    return { words: this.#words, buckets: this.#buckets };
  }

  /** The words with a row of their own, in the order of `bagOfWords`. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** Number of rows of the token table. */
  get size(): number {
    return 1 + this.#words.length + this.#buckets;
  }

  /** Encodes a prompt. A prompt without words is the null prompt: one token of row 0. */
  encode(prompt: string, length: number): EncodedPrompt {
    const words = promptWords(prompt);
    const firstBucket = 1 + this.#words.length;
    const rows = words.map((word) => this.#rows.get(word) ?? firstBucket + (hash(word) % this.#buckets));
    const tokens = new Int32Array(length).fill(NULL_TOKEN);
    const mask = new Float32Array(length);
    tokens.set(rows.slice(0, length));
    mask.fill(1, 0, Math.max(1, Math.min(rows.length, length)));
    return { tokens, mask, dropped: words.slice(length) };
  }

  /** Words that share a hash bucket because the vocabulary has no row of their own. */
  unseenIn(prompt: string): string[] {
    return [...new Set(promptWords(prompt).filter((word) => !this.#rows.has(word)))];
  }

  /** How often each word of the vocabulary occurs in the prompt; other words are ignored. */
  bagOfWords(prompt: string): Float32Array {
    const counts = new Float32Array(this.#words.length);
    for (const word of promptWords(prompt)) {
      const row = this.#rows.get(word);
      if (row !== undefined) counts[row - 1]! += 1;
    }
    return counts;
  }
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
