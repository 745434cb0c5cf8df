import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { RefusedOutput } from '../data/outputs.ts';
import { checkedTranslations, checkWeightsOutput } from '../pipeline/stage-outputs.ts';
import { isGlob } from '../project/disk/image-files.ts';
import type { LoadedConcept, Project } from '../project/load.ts';
import { mistakenPath, permissionRemedy } from '../project/path-remedy.ts';
import { hasWords } from '../project/prompt-words.ts';
import { systemReason } from '../project/system-reason.ts';
import {
  type OptionValues,
  PICTURE_DETAILS,
  PICTURE_FORMATS,
  type StageOption,
} from '../protocol/stage-entry.ts';
import { PICTURE_SIDE } from '../protocol/stage-options.ts';
import { flagOf, type Stage, type StageOptions, stageEntry } from '../protocol/stages.ts';
import { UsageError } from './exit-codes.ts';
import { isFolder, names } from './project-choice.ts';

/** Options of a stage by name, as given on the command line or as passed to the stage. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Checks that a new run of a stage has all required options.
 * @throws UsageError that names the first missing option
 */
export function requireOptions(stage: Stage, given: StageOptions, concepts: readonly LoadedConcept[]): void {
  const { concept, options } = stageEntry(stage);
  const isGiven = (option: string) => (given as Values)[option] !== undefined;
  // A prompt takes the concept's place.
  if (concept === 'required' && !isGiven('concept') && !isGiven('prompt')) {
    throw new UsageError('choice-needed', `Which concept? Name one with --concept: ${names(concepts)}.`);
  }
  const missing = Object.entries(options).find(
    ([name, { required, only }]) => required && !isGiven(name) && (only === undefined || isGiven(only.with)),
  );
  if (missing === undefined) return;
  throw new UsageError(
    'missing-option',
    `dnw ${stage} needs ${flagOf(missing[0])}; see dnw ${stage} --help.`,
  );
}

/**
 * The given options as passed to the stage, with absolute paths.
 * @throws UsageError if a path is not of the kind that the option takes, or options cannot be combined
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

/**
 * Checks what a new run would write to places that the user named.
 * @throws UsageError if a place is not for outputs, or a file there is not one that this program wrote
 */
export async function refuseOutputs(
  stage: Stage,
  project: Project,
  { input, output, format }: StageOptions,
): Promise<void> {
  try {
    if (output === undefined) return;
    if (stage === 'denoise') await checkWeightsOutput(project, output);
    else if (input !== undefined) await checkedTranslations(project, input, output, format);
  } catch (error) {
    throw error instanceof RefusedOutput ? new UsageError(error.kind, error.message) : error;
  }
}

/** Rejects an option that belongs to the prompt if a concept is given, or the other way around. */
function refuseForeign(name: string, value: unknown, { only }: StageOption, given: StageOptions): void {
  if (only === undefined) return;
  const about = given.prompt === undefined ? 'concept' : 'prompt';
  if (only.with !== about)
    throw new UsageError('conflicting-options', `${flagOf(name)} ${value}: ${only.because}`);
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
    if (hasWords(text)) return text.trim();
    throw new UsageError(
      'bad-option-value',
      `${flag}: the prompt has no word or number. Describe what the weights should do: ${flag} "make it snow"`,
    );
  },
  path: (path, flag) =>
    existing(flag, path, isGlob(path) ? ' Patterns are not expanded: name one file, or a folder.' : ''),
  weightsFolder: (path, flag) => {
    const absolute = resolve(path);
    if (isFolder(absolute)) return absolute;
    throw new UsageError(
      'missing-path',
      `${flag} ${path}: there is no such folder. Name a folder of .safetensors files.`,
    );
  },
  newFolder: (path, flag) => {
    const absolute = resolve(path);
    if (!existsSync(absolute) || isFolder(absolute)) return absolute;
    throw new UsageError(
      'bad-option-value',
      `${flag} ${path}: this is a file. Name a folder; it is created if it does not exist.`,
    );
  },
  newWeightsFile: (path, flag) => {
    if (path.endsWith('.safetensors') && !isFolder(resolve(path))) return resolve(path);
    throw new UsageError(
      'bad-option-value',
      `${flag} ${path}: weights are written to a .safetensors file. Give a file name that ends in .safetensors.`,
    );
  },
  pictureSize: (size, flag) => {
    if (size === 'train' || size === 'native') return size;
    const side = Number(size);
    const { min, max } = PICTURE_SIDE;
    if (Number.isInteger(side) && side >= min && side <= max) return side;
    throw new UsageError(
      'bad-option-value',
      `${flag} ${size}: give train, native, or the shorter side in pixels, from ${min} to ${max}.`,
    );
  },
  pictureFormat: (format, flag) => oneOf(PICTURE_FORMATS, format, flag),
  pictureDetail: (detail, flag) => oneOf(PICTURE_DETAILS, detail, flag),
  weights: (which, flag) =>
    WEIGHTS_NAMES.includes(which)
      ? which
      : existing(flag, which, ` Give a file, or one of ${WEIGHTS_NAMES.join(', ')}.`),
};

function oneOf<T extends string>(choices: readonly T[], given: T, flag: string): T {
  if (choices.includes(given)) return given;
  throw new UsageError('bad-option-value', `${flag} ${given}: give one of ${choices.join(', ')}.`);
}

function existing(flag: string, path: string, hint: string): string {
  const absolute = resolve(path);
  try {
    statSync(absolute);
    return absolute;
  } catch (error) {
    const denied = permissionRemedy((error as NodeJS.ErrnoException).code);
    const remedy = denied ?? mistakenPath(path)?.remedy;
    throw new UsageError(
      denied === undefined ? 'missing-path' : 'no-permission',
      `${flag} ${path}: ${systemReason(error)}.${remedy === undefined ? hint : ` ${remedy}`}`,
    );
  }
}
