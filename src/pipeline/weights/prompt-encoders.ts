import * as z from 'zod';
import type { PromptEncoder, PromptEncoderKind } from '../../data/prompt-encoder.ts';
import { wordTable } from '../../data/word-table.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { UserError } from '../../project/user-error.ts';
import type { JsonObject } from '../../protocol/json.ts';

/** Every prompt encoder. */
const PROMPT_ENCODERS = { words: wordTable } satisfies Record<string, PromptEncoderKind>;

/** The encoder that a training config asks for. There is only one, so configs have no key for it. */
export function promptEncoderFor(_config: TrainingConfig): PromptEncoderKind {
  return PROMPT_ENCODERS.words;
}

/** An encoder as stored in checkpoints. */
export const storedEncoderSchema = z.object({
  name: z.string(),
  version: z.number().int(),
  state: z.unknown(),
});

/** Converts an encoder to the form stored in checkpoints. */
export function storedEncoder(encoder: PromptEncoder): JsonObject {
  const { name, version } = encoder.kind;
  return { name, version, state: encoder.toJSON() };
}

/**
 * The encoder that a checkpoint was made with, whatever the config asks for now.
 * @param path path of the checkpoint
 * @throws UserError if this program has no such encoder, or the checkpoint is damaged
 */
export async function restoreEncoder(
  path: string,
  { name, version, state }: z.output<typeof storedEncoderSchema>,
): Promise<PromptEncoder> {
  const kinds: readonly PromptEncoderKind[] = Object.values(PROMPT_ENCODERS);
  const kind = kinds.find((other) => other.name === name && other.version === version);
  if (!kind) {
    const known = kinds.map((other) => `${other.name} ${other.version}`);
    throw new UserError(
      'other-version',
      `${path}: it encodes prompts with ${name} ${version}, but this version of the program has ${known.join(', ')}. ` +
        'Use the version that made the file, or train again.',
    );
  }
  try {
    return await kind.restore(state);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new UserError(
      'damaged-file',
      `${path}: its prompt encoder cannot be read. The file is damaged: train it again.`,
      {
        cause: error,
      },
    );
  }
}
