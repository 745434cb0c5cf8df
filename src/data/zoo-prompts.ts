/** Prompts of a folder of weight files: from their metadata, or from a file next to them. */

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import * as z from 'zod';
import { readText } from '../project/disk/regular-file.ts';
import { nearestNames } from '../project/nearest.ts';
import { hasWords } from '../project/prompt-words.ts';
import { UserError } from '../project/user-error.ts';
import { safeParse } from '../protocol/safe-parse.ts';

/** Files that map the names of weight files, with or without extension, to prompts. */
export const PROMPT_FILES = ['prompts.yaml', 'prompts.json'] as const;
const EXTENSION = '.safetensors';

/** Metadata key of the prompt in files from other tools (Stability AI's ModelSpec, kohya's scripts). */
const TRIGGER_PHRASE = 'modelspec.trigger_phrase';

const promptsSchema = z.record(
  z.string(),
  z.string().trim().refine(hasWords, { error: 'the prompt has no word or number' }),
);

/** The prompts that a folder's `prompts.yaml` or `prompts.json` gives its weight files. */
export interface WrittenPrompts {
  /** Path of the file; absent if the folder has none. */
  readonly source?: string;
  /** By file name, extension included. */
  readonly prompts: ReadonlyMap<string, string>;
}

/**
 * @param files names of the folder's weight files
 * @throws UserError if both files exist, or if the file is not a mapping from these weight files to texts
 */
export async function readWrittenPrompts(folder: string, files: readonly string[]): Promise<WrittenPrompts> {
  const sources = PROMPT_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const [source, second] = sources;
  if (source === undefined) return { prompts: new Map() };
  if (second !== undefined) {
    throw new UserError(
      'zoo-prompts',
      `${folder}: there are both ${PROMPT_FILES.join(' and ')}. Keep one of them.`,
    );
  }
  const prompts = new Map<string, string>();
  for (const [name, prompt] of Object.entries(await mappingIn(source))) {
    const file = name.endsWith(EXTENSION) ? name : name + EXTENSION;
    if (!files.includes(file)) {
      const [near] = nearestNames(file, files);
      throw new UserError(
        'zoo-prompts',
        `${source}: ${name}: there is no such file in ${folder}. ` +
          (near === undefined ? 'Remove the entry, or add the file.' : `Did you mean ${near}?`),
      );
    }
    if (prompts.has(file))
      throw new UserError('zoo-prompts', `${source}: ${name}: the file is named twice. Keep one entry.`);
    prompts.set(file, prompt);
  }
  return { source, prompts };
}

async function mappingIn(source: string): Promise<Record<string, string>> {
  const text = await readText(source, 'Write the prompts into a file with this name.');
  let content: unknown;
  try {
    // JSON is YAML too.
    content = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new UserError('zoo-prompts', `${source}: ${error.message.trim()} Correct the syntax.`);
  }
  const parsed = safeParse(promptsSchema, content);
  if (parsed.success) return parsed.data;
  const { path, code, message } = parsed.error.issues[0]!;
  const what =
    path.length === 0
      ? 'not a mapping from file names to prompts'
      : `${path.join('.')}: ${code === 'invalid_type' ? 'its prompt is not a text' : message}`;
  throw new UserError(
    'zoo-prompts',
    `${source}: ${what}. Write one line per weight file, with its name and its prompt: a.safetensors: make it snow`,
  );
}

/**
 * The prompt of a weight file: `prompt` in its metadata, or else the entry in the folder's file of prompts, or else the
 * trigger phrase that its tool wrote.
 * @throws UserError if there is none, or the first two differ
 */
export function promptOf(
  path: string,
  metadata: Readonly<Record<string, string>>,
  written: WrittenPrompts,
): string {
  const own = usable(metadata.prompt);
  const given = written.prompts.get(basename(path));
  if (own && given && own !== given) {
    throw new UserError(
      'zoo-prompts',
      `${path}: its metadata has the prompt "${own}", but ${written.source} has "${given}". Remove that entry, or write the same prompt.`,
    );
  }
  const prompt = own || given || usable(metadata[TRIGGER_PHRASE]);
  if (prompt) return prompt;
  throw new UserError(
    'zoo-prompts',
    `${path}: no prompt: neither prompt nor ${TRIGGER_PHRASE} in its metadata has words. ` +
      (written.source === undefined
        ? `Write a ${PROMPT_FILES[0]} next to it with the line: ${basename(path)}: <prompt>`
        : `Add a line to ${written.source}: ${basename(path)}: <prompt>`),
  );
}

/** The prompt, or nothing if it has no words: then another place may give one. */
const usable = (prompt: string | undefined) =>
  prompt !== undefined && hasWords(prompt) ? prompt.trim() : undefined;
