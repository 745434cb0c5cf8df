import type { JsonObject } from '../protocol/json.ts';

/** A prompt as `length` rows of a token table that is trained with the weight generator. */
export interface EncodedPrompt {
  /** [length]: rows of the table. */
  readonly tokens: Int32Array;
  /** [length]: 1 for tokens, 0 for the padding after them; at least one 1. */
  readonly mask: Float32Array;
  /** The parts of the prompt that did not fit into `length` tokens and were left out. */
  readonly dropped: readonly string[];
}

/** The parts of a prompt, to tell how much of it an encoder knows. */
export interface PromptParts {
  /** Number of different parts of the prompt. */
  readonly count: number;
  /** Parts that occurred in none of the prompts for which the encoder was made. */
  readonly unknown: readonly string[];
}

/** Turns prompts into numbers. Methods are asynchronous because an encoder may be a network. */
export interface PromptEncoder {
  readonly kind: PromptEncoderKind;
  /** Number of rows of the token table. Its values belong to the weight generator, not to the encoder. */
  readonly tableRows: number;
  /**
   * Encodes prompts as tokens, which the weight generator attends to. Guidance contrasts prompts with the empty prompt.
   * @param length number of tokens of each prompt
   */
  encode(prompts: readonly string[], length: number): Promise<EncodedPrompt[]>;
  /**
   * Encodes prompts as feature vectors of one length, for ridge regression and for distances: the more two prompts have in
   * common, the larger their scalar product.
   */
  features(prompts: readonly string[]): Promise<Float32Array[]>;
  partsOf(prompt: string): PromptParts;
  /** The state from which `restore` makes the same encoder again. */
  toJSON(): JsonObject;
}

/** One way to encode prompts. */
export interface PromptEncoderKind {
  /** Stored in checkpoints, so it must never change. */
  readonly name: string;
  /** Stored in checkpoints too. Raise it if the same state gives different numbers than before. */
  readonly version: number;
  /** Makes the encoder for a zoo with these prompts, whose order does not matter. */
  fit(prompts: readonly string[]): Promise<PromptEncoder>;
  /**
   * Makes an encoder again from its stored state.
   * @param state the result of `toJSON`
   * @throws ZodError if it is anything else
   */
  restore(state: unknown): Promise<PromptEncoder>;
}
