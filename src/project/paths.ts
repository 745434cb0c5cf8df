import { basename, dirname, join, relative, sep } from 'node:path';

export const CONCEPT_SUFFIX = /\.concept\.ya?ml$/;
export const TRAINING_SUFFIX = /\.training\.ya?ml$/;

/** The file name without `.concept.yaml` or `.training.yaml`: the default name of the concept or config. */
export function nameFromFile(file: string): string {
  return basename(file).replace(CONCEPT_SUFFIX, '').replace(TRAINING_SUFFIX, '');
}

/** What names of files must not hold: control characters, and those that change the direction of a text. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Bytes of a name to which the suffixes of written files are added; file systems take 255. */
const MOST_NAME_BYTES = 200;

/**
 * Why a name that comes from a file's name cannot be part of the names of files that are written; undefined if it can. Names
 * that are written in a file have rules of their own.
 */
export function unfitForFiles(name: string): string | undefined {
  if (name === '' || name.startsWith('.')) return 'it is empty or begins with a dot';
  if (/[\\/]/.test(name)) return 'it has a slash or a backslash';
  if (UNSEEN.test(name)) return 'it has characters that cannot be seen';
  return Buffer.byteLength(name) > MOST_NAME_BYTES ? `it is longer than ${MOST_NAME_BYTES} bytes` : undefined;
}

/** The project folder that a concept or training file belongs to: the parent of `concepts`, or the file's own folder. */
export function projectFolderOf(file: string): string {
  const folder = dirname(file);
  if (!CONCEPT_SUFFIX.test(file)) return folder;
  const parts = folder.split(sep);
  const concepts = parts.lastIndexOf('concepts');
  return concepts > 0 ? parts.slice(0, concepts).join(sep) || sep : folder;
}

/** Kinds of weights that the stages make for a concept, each in a file of the concept's folder. */
export type ConceptWeights = 'denoised' | 'fine-tuned';

/** The paths of a project's files and folders. They are absolute if `folder` is. */
export interface ProjectPaths {
  readonly folder: string;
  /** Concept files, at any depth below. */
  readonly concepts: string;
  /** One folder per run. */
  readonly runs: string;
  /** Caches that can be deleted at any time. */
  readonly cache: string;
  /** Decoded source images: `<hash>.safetensors`. */
  readonly sources: string;
  /** Targets of prepared pairs: `<concept>-<hash>.safetensors`. */
  readonly pairs: string;
  /** Zoo folders, one for each base hash. */
  readonly zoo: string;
  /** Base generators, one for each training config. */
  readonly bases: string;
  readonly weightGenerators: string;
  /** One folder for each concept. */
  readonly allWeights: string;
  /** Folders that stages write to, besides those of their runs. */
  readonly made: readonly string[];
  run(id: string): string;
  /** Base generator and discriminator of a training config. */
  base(training: string): string;
  /** Members trained on the base of this hash (12 hexadecimal digits). */
  zooOf(baseHash: string): string;
  zooMember(baseHash: string, concept: string): string;
  weightGenerator(training: string): string;
  /** A concept's LoRA weights in safetensors format. */
  weights(concept: string, kind: ConceptWeights): string;
  /** The folder of a concept's translations, if the user names none. */
  translated(concept: string): string;
  /** A concept's exported generator in ONNX format. */
  exported(concept: string): string;
}

export function projectPaths(folder: string): ProjectPaths {
  const cache = join(folder, '.dnw');
  const runs = join(folder, 'runs');
  const zoo = join(folder, 'zoo');
  const bases = join(folder, 'base');
  const weightGenerators = join(folder, 'weight-generators');
  const allWeights = join(folder, 'weights');
  const translated = join(folder, 'translated');
  return {
    folder,
    concepts: join(folder, 'concepts'),
    runs,
    cache,
    sources: join(cache, 'sources'),
    pairs: join(cache, 'pairs'),
    zoo,
    bases,
    weightGenerators,
    allWeights,
    made: [bases, allWeights, weightGenerators, translated, zoo, cache],
    run: (id) => join(runs, id),
    base: (training) => join(bases, `${training}.safetensors`),
    zooOf: (baseHash) => join(zoo, baseHash),
    zooMember: (baseHash, concept) => join(zoo, baseHash, `${concept}.safetensors`),
    weightGenerator: (training) => join(weightGenerators, `${training}.safetensors`),
    weights: (concept, kind) => join(allWeights, concept, `${kind}.safetensors`),
    translated: (concept) => join(translated, concept),
    exported: (concept) => join(allWeights, concept, 'generator.onnx'),
  };
}

/** A path in the form that `run.json` and events use: relative to the project folder, with forward slashes. */
export function toProjectPath(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}
