import type { JsonObject } from '../protocol/json.ts';

/** A prompt as `length` rows of a token table that is trained with the weight generator. */
export interface EncodedPrompt {
  /** [length], rows of the table. */
  readonly tokens: Int32Array;
  /** [length], 1 for tokens, 0 for the padding after them; at least one 1. */
  readonly mask: Float32Array;
  /** What of the prompt lies beyond `length` and was left out. */
  readonly dropped: readonly string[];
}

/** A prompt taken apart, to say how much of it an encoder knows. */
export interface PromptParts {
  /** How many different parts the prompt has. */
  readonly count: number;
  /** Those that no prompt had which the encoder was made for. */
  readonly unknown: readonly string[];
}

/** What turns prompts into numbers. Methods are asynchronous because an encoder may be a network. */
export interface PromptEncoder {
  readonly kind: PromptEncoderKind;
  /** Rows of the token table. Its values belong to the weight generator, not to the encoder. */
  readonly tableRows: number;
  /**
   * Prompts as tokens: what the weight generator attends to. The empty prompt is what guidance contrasts others with.
   * @param length tokens of each
   */
  encode(prompts: readonly string[], length: number): Promise<EncodedPrompt[]>;
  /**
   * Prompts as vectors of one length, for ridge regression and for distances: the more two prompts have in common,
   * the larger their scalar product.
   */
  features(prompts: readonly string[]): Promise<Float32Array[]>;
  partsOf(prompt: string): PromptParts;
  /** What `restore` needs to make the same encoder again. */
  toJSON(): JsonObject;
}

/** One way to encode prompts. */
export interface PromptEncoderKind {
  /** Checkpoints hold it: it never changes. */
  readonly name: string;
  /** Checkpoints hold it, too: raised when the same state comes to mean other numbers. */
  readonly version: number;
  /** The encoder for a zoo with these prompts; their order does not matter. */
  fit(prompts: readonly string[]): Promise<PromptEncoder>;
  /**
   * @param state what `toJSON` gave
   * @throws ZodError where it is anything else
   */
  restore(state: unknown): Promise<PromptEncoder>;
}
