import * as z from 'zod';
import { promptWords } from '../project/prompt-words.ts';
import type { PromptEncoder, PromptEncoderKind } from './prompt-encoder.ts';
import { Vocabulary } from './text.ts';

const stateSchema = z.object({ words: z.array(z.string()), buckets: z.number().int().min(1) });

/**
 * Prompt encoder with words as rows of the token table. The features are how often each word of the zoo's prompts occurs.
 * A word that occurs in no prompt of the zoo shares a row with other such words, and is ignored in the features.
 */
export const wordTable: PromptEncoderKind = {
  name: 'words',
  version: 1,
  fit: async (prompts) => encoderOf(Vocabulary.ofPrompts(prompts)),
  restore: async (state) => encoderOf(new Vocabulary(stateSchema.parse(state))),
};

function encoderOf(vocabulary: Vocabulary): PromptEncoder {
  return {
    kind: wordTable,
    tableRows: vocabulary.size,
    encode: async (prompts, length) => prompts.map((prompt) => vocabulary.encode(prompt, length)),
    features: async (prompts) => prompts.map((prompt) => vocabulary.bagOfWords(prompt)),
    partsOf: (prompt) => ({
      count: new Set(promptWords(prompt)).size,
      unknown: vocabulary.unseenIn(prompt),
    }),
    toJSON: () => ({ ...vocabulary.toJSON() }),
  };
}
