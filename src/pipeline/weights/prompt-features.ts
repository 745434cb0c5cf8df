import { Vocabulary } from '../../data/text.ts';

/**
 * Words of a prompt as numbers: how often each word of the vocabulary occurs, less the mean over the prompts it
 * was made from. The mean prompt is the zero vector.
 */
export interface PromptFeatures {
  readonly vocabulary: Vocabulary;
  /** [words] */
  readonly mean: Float32Array;
}

export function promptFeatures(prompts: readonly string[]): PromptFeatures {
  const vocabulary = Vocabulary.ofPrompts(prompts);
  const mean = new Float32Array(vocabulary.words.length);
  for (const prompt of prompts) {
    for (const [i, count] of vocabulary.bagOfWords(prompt).entries()) mean[i]! += count / prompts.length;
  }
  return { vocabulary, mean };
}

export function featuresOf({ vocabulary, mean }: PromptFeatures, prompt: string): Float32Array {
  return vocabulary.bagOfWords(prompt).map((count, i) => count - mean[i]!);
}

/** Bags of words as unit vectors: prompts are as near as the words they share. */
export function promptDirection(vocabulary: Vocabulary, prompt: string): Float32Array {
  const counts = vocabulary.bagOfWords(prompt);
  const length = Math.hypot(...counts) || 1;
  return counts.map((count) => count / length);
}

/** Index of the prompt that shares most words with this one (cosine of bags of words); the first of equals. */
export function nearestPrompt(prompts: readonly string[], prompt: string): number {
  const vocabulary = Vocabulary.ofPrompts(prompts);
  const direction = promptDirection(vocabulary, prompt);
  let best = { index: 0, cosine: Number.NEGATIVE_INFINITY };
  for (const [index, candidate] of prompts.entries()) {
    const other = promptDirection(vocabulary, candidate);
    const cosine = direction.reduce((sum, value, i) => sum + value * other[i]!, 0);
    if (cosine > best.cosine) best = { index, cosine };
  }
  return best.index;
}
