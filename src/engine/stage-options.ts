import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadedConcept } from '../project/load.ts';
import type { OptionValues, StageOption } from '../protocol/stage-entry.ts';
import { flagOf, type Stage, type StageOptions, stageEntry } from '../protocol/stages.ts';
import { UsageError } from './exit-codes.ts';
import { isFolder, names } from './project-choice.ts';

/** Options of a stage by name, as they were given, or as the stage gets them. */
type Values = Readonly<Record<string, unknown>>;

/**
 * What a new run of a stage lacks is asked for.
 * @throws UsageError that names the first option that is missing
 */
export function requireOptions(stage: Stage, given: StageOptions, concepts: readonly LoadedConcept[]): void {
  const { concept, options } = stageEntry(stage);
  const isGiven = (option: string) => (given as Values)[option] !== undefined;
  // A prompt takes the concept's place.
  if (concept === 'required' && !isGiven('concept') && !isGiven('prompt')) {
    throw new UsageError(`Which concept? Name one with --concept: ${names(concepts)}.`);
  }
  const missing = Object.entries(options).find(
    ([name, { required, only }]) => required && !isGiven(name) && (only === undefined || isGiven(only.with)),
  );
  if (missing === undefined) return;
  throw new UsageError(`dnw ${stage} needs ${flagOf(missing[0])}; see dnw ${stage} --help.`);
}

/**
 * The options that were given, as the stage gets them: paths absolute.
 * @throws UsageError where a path is not what the option takes, or an option does not go with the others
 */
export function resolveOptions(stage: Stage, given: StageOptions): StageOptions {
  const { concept, options } = stageEntry(stage);
  const resolved: Record<string, unknown> = {};
  if (concept !== 'none' && given.concept !== undefined) resolved.concept = given.concept;
  for (const [name, option] of Object.entries(options)) {
    const value = (given as Values)[name];
    if (value === undefined) continue;
    refuseForeign(name, value, option, given);
    resolved[name] = resolveValue(option.type, flagOf(name), value);
  }
  return resolved;
}

/** An option of a stage that takes a prompt or a concept, given with the one that it does not belong to. */
function refuseForeign(name: string, value: unknown, { only }: StageOption, given: StageOptions): void {
  if (only === undefined) return;
  const about = given.prompt === undefined ? 'concept' : 'prompt';
  if (only.with !== about) throw new UsageError(`${flagOf(name)} ${value}: ${only.because}`);
}

function resolveValue<T extends keyof OptionValues>(type: T, flag: string, value: unknown): OptionValues[T] {
  return RESOLVE[type](value as OptionValues[T], flag);
}

const WEIGHTS_NAMES = ['base', 'denoised', 'fine-tuned'];

const RESOLVE: {
  readonly [T in keyof OptionValues]: (given: OptionValues[T], flag: string) => OptionValues[T];
} = {
  switch: (given) => given,
  integer: (given) => given,
  prompt: (text, flag) => {
    if (text.trim() !== '') return text.trim();
    throw new UsageError(`${flag}: it is empty. Write what the weights are to do: ${flag} "make it snow"`);
  },
  path: (path, flag) => existing(flag, path, ''),
  weightsFolder: (path, flag) => {
    const absolute = resolve(path);
    if (isFolder(absolute)) return absolute;
    throw new UsageError(`${flag} ${path}: there is no such folder. Name one of .safetensors files.`);
  },
  newFolder: (path, flag) => {
    const absolute = resolve(path);
    if (!existsSync(absolute) || isFolder(absolute)) return absolute;
    throw new UsageError(`${flag} ${path}: that is a file. Name a folder; it is made where it is missing.`);
  },
  newWeightsFile: (path, flag) => {
    if (path.endsWith('.safetensors') && !isFolder(resolve(path))) return resolve(path);
    throw new UsageError(
      `${flag} ${path}: weights are written to a file. Name one that ends in .safetensors.`,
    );
  },
  weights: (which, flag) =>
    WEIGHTS_NAMES.includes(which)
      ? which
      : existing(flag, which, ` Give a file, or one of ${WEIGHTS_NAMES.join(', ')}.`),
};

function existing(flag: string, path: string, hint: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return absolute;
  throw new UsageError(`${flag} ${path}: there is no such file or folder.${hint}`);
}
