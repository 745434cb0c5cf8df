import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { DiskView } from '../disk/disk-view.ts';
import { namesTaken, whyPassedOver } from '../disk/passed-over.ts';
import { nearestNames } from '../nearest.ts';
import { mistakenPath } from '../path-remedy.ts';
import {
  CONCEPT_SUFFIX,
  nameFromFile,
  projectPaths,
  TRAINING_SUFFIX,
  toProjectPath,
  unfitForFiles,
} from '../paths.ts';
import { makeProblem, type Problem } from '../problem.ts';
import type { LoadedConcept, LoadedTraining } from '../project.ts';
import { conceptSchema } from '../schema/concept-schema.ts';
import { conceptJsonSchema, type JsonSchema, schemaAt, trainingJsonSchema } from '../schema/json-schema.ts';
import { PRESET_PREFIX, PRESETS } from '../schema/presets.ts';
import { repeatedEntries } from '../schema/repeated-entries.ts';
import { checkSchema } from '../schema/schema-problems.ts';
import { type TrainingInput, trainingSchema } from '../schema/training-schema.ts';
import type { YamlDocument } from '../yaml/document.ts';
import type { ReadDocument } from '../yaml/read.ts';
import { mapPaths } from './pair-source.ts';

/** Maximum length of a chain of `extends`. */
const MAX_EXTENDS = 16;
/** Number of files that are read at the same time while a project is loaded. */
const READS_AT_ONCE = 64;
/** The presets as `extends` names them. */
const PRESET_NAMES = Object.keys(PRESETS).map((preset) => PRESET_PREFIX + preset);

/** A concept file with its problems; `concept` is present if there is no error. */
export interface ConceptFile {
  document: YamlDocument;
  concept?: LoadedConcept;
  problems: Problem[];
}

/** A training config with the files that it extends. */
export interface TrainingFile {
  /** The file itself, then the files that it extends, in order. */
  chain: YamlDocument[];
  training?: LoadedTraining;
  /** Problems of all files of the chain. */
  problems: Problem[];
}

export interface ProjectFiles {
  folder: string;
  concepts: ConceptFile[];
  trainings: TrainingFile[];
  /** A warning at each file that looks like a concept or a training config but is not read. */
  strays: Problem[];
}

/**
 * Reads every concept below `concepts/` and every training config of a project folder.
 * @param open files that the editor has open, by path; those that belong to the project are read even if not on disk yet
 */
export async function readProjectFiles(
  folder: string,
  view: DiskView,
  open: ReadonlyMap<string, YamlDocument>,
): Promise<ProjectFiles> {
  const root = resolve(folder);
  const conceptFolder = projectPaths(root).concepts;
  const isConcept = (path: string) =>
    CONCEPT_SUFFIX.test(path) &&
    path.startsWith(conceptFolder + sep) &&
    isTaken(path.slice(conceptFolder.length + 1));
  const isTraining = (path: string) =>
    TRAINING_SUFFIX.test(path) && dirname(path) === root && isTaken(basename(path));
  const [below, beside] = await Promise.all([
    view.filesBelow(conceptFolder),
    view.names(root).then((names) => namesTaken(names).map((name) => join(root, name))),
  ]);
  const conceptPaths = below.filter(isConcept);
  const trainingPaths = beside.filter(isTraining);
  const withOpen = (paths: string[], belongs: (path: string) => boolean) =>
    [...new Set([...paths, ...[...open.keys()].filter(belongs)])].sort();
  const read: ReadDocument = async (path) => open.get(path) ?? view.read(path);
  return {
    folder: root,
    concepts: await mapInBatches(withOpen(conceptPaths, isConcept), (path) => readConcept(path, read)),
    trainings: await mapInBatches(withOpen(trainingPaths, isTraining), (path) => readTraining(path, read)),
    strays: [
      ...below.filter((path) => !isConcept(path) && looksLikeYaml(path)).map(strayConcept),
      ...beside.filter((path) => !isTraining(path) && looksLikeConfig(path)).map(strayConfig),
    ],
  };
}

const looksLikeYaml = (path: string) => /\.ya?ml(\.txt)?$/i.test(path);
const looksLikeConfig = (path: string) => /\.(concept|training)\.ya?ml(\.txt)?$/i.test(path);

const strayConcept = (path: string) =>
  stray(
    path,
    'This file is not read: the files of concepts end in `.concept.yaml`.',
    TRAINING_SUFFIX.test(path)
      ? 'Move the training config to the project folder.'
      : 'Rename it, or move it elsewhere.',
  );

const strayConfig = (path: string) =>
  CONCEPT_SUFFIX.test(path)
    ? stray(path, 'This concept is not read: it is not below `concepts`.', 'Move it there.')
    : stray(
        path,
        'This file is not read: the names of training configs end in `.training.yaml`.',
        'Rename it, or move it elsewhere.',
      );

function stray(file: string, message: string, remedy: string): Problem {
  const start = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return makeProblem(file, start, '', { kind: 'not-read', message, remedy, severity: 'warning' });
}

/** Whether no folder or file on a path is one that scanning ignores. */
const isTaken = (path: string) => path.split(sep).every((name) => whyPassedOver(name) === undefined);

async function mapInBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += READS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(i, i + READS_AT_ONCE).map(work))));
  }
  return results;
}

/** Results of earlier checks: a document never changes, so the same document is the same concept. */
const checkedConcepts = new WeakMap<YamlDocument, ConceptFile>();

export async function readConcept(path: string, read: ReadDocument): Promise<ConceptFile> {
  const document = await read(path);
  let file = checkedConcepts.get(document);
  if (!file) {
    file = checkConcept(path, document);
    checkedConcepts.set(document, file);
  }
  return file;
}

function checkConcept(path: string, document: YamlDocument): ConceptFile {
  const { value: config, problems } = checkSchema(document, conceptSchema, conceptJsonSchema());
  const all = [...document.problems, ...problems, ...repeatedEntries(document), ...cutPrompt(document)];
  if (config?.name === undefined) all.push(...unfitName(document));
  if (!config || all.some((problem) => problem.severity === 'error')) return { document, problems: all };
  const { prompt, tags } = config;
  const name = config.name ?? nameFromFile(path);
  const concept = {
    path,
    name,
    prompt,
    tags,
    pairs: mapPaths(config.pairs, (written) => resolve(dirname(path), written)),
    config,
  };
  return { document, concept, problems: all };
}

/** The problem, if any, with the name that a file gives to what it describes, and so to files that are written. */
function unfitName(document: YamlDocument): Problem[] {
  const reason = unfitForFiles(nameFromFile(document.file));
  if (reason === undefined) return [];
  return [
    document.problem([], 'value', {
      kind: 'invalid-value',
      message: `The file's name cannot be used for the files that are made from it: ${reason}.`,
      remedy: 'Rename the file.',
    }),
  ];
}

/** A warning if a prompt ends where a comment begins that looks like a part of it: `prompt: picture #1 in snow`. */
function cutPrompt(document: YamlDocument): Problem[] {
  const comment = document.gluedComment(['prompt']);
  if (comment === undefined) return [];
  const whole = JSON.stringify(`${document.scalarAt(['prompt'])} ${comment}`);
  return [
    document.problem(['prompt'], 'value', {
      kind: 'no-effect',
      message: `A # after a space begins a comment: \`${comment}\` is not part of the prompt.`,
      remedy: `To make it part of the prompt, quote the text: prompt: ${whole}; otherwise, put a space after the #.`,
      found: comment,
      severity: 'warning',
    }),
  ];
}

/**
 * Follows `extends` to its end, checks every file on the way, and merges the files; values of nearer files win. Sections
 * (and `lora.ranks`) merge key by key; everything else, including lists and selections, is replaced whole. Paths, which are
 * relative to the file that contains them, become relative to the first file.
 */
export async function readTraining(path: string, read: ReadDocument): Promise<TrainingFile> {
  const chain: YamlDocument[] = [];
  const problems: Problem[] = [];
  const layers: TrainingInput[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const document: YamlDocument = await read(next);
    const link = followedLink(document, chain);
    if (link) {
      problems.push(link);
      break;
    }
    chain.push(document);
    const checked = checkSchema(document, trainingSchema, trainingJsonSchema());
    problems.push(...document.problems, ...checked.problems, ...repeatedEntries(document));
    if (chain.length === 1) problems.push(...unfitName(document));
    if (checked.value) {
      layers.push(withPathsFrom(dirname(path), document.value as TrainingInput, dirname(document.file)));
    }
    const parent = await resolveExtends(document);
    if (parent.problem) problems.push(parent.problem);
    if (parent.preset) layers.push(parent.preset);
    next = parent.file;
  }
  if (problems.some((problem) => problem.severity === 'error')) return { chain, problems };
  const merged = layers.reduceRight(
    (under, over) => merge(under, over, trainingJsonSchema()) as TrainingInput,
    {},
  );
  const config = trainingSchema.parse(merged);
  return { chain, training: { path, name: nameFromFile(path), config }, problems };
}

/** A layer of a config whose paths, which are relative to `from`, are made relative to `folder`. */
function withPathsFrom(folder: string, layer: TrainingInput, from: string): TrainingInput {
  const network = layer.evaluate?.featureNetwork;
  if (network?.file === undefined || isAbsolute(network.file)) return layer;
  const file = toProjectPath(folder, resolve(from, network.file));
  return { ...layer, evaluate: { ...layer.evaluate, featureNetwork: { ...network, file } } };
}

/** The problem, if any, with following `extends` to `document`; it is placed in the file that names the document. */
function followedLink(document: YamlDocument, chain: readonly YamlDocument[]): Problem | undefined {
  const from = chain.at(-1);
  if (!from) return undefined;
  const at = (message: string, remedy: string, replacements: string[] = []) =>
    from.problem(['extends'], 'value', {
      kind: 'extends',
      message,
      remedy,
      found: from.sourceOf(['extends']),
      allowed: `another training config, or ${PRESET_NAMES.join(', ')}`,
      replacements,
    });
  if (chain.some((earlier) => earlier.file === document.file)) {
    const names = [...chain, document].map(({ file }) => nameFromFile(file));
    return at(
      `\`extends\` forms a circle: ${names.join(' → ')}.`,
      'Let one of them extend a preset, or nothing.',
    );
  }
  if (chain.length >= MAX_EXTENDS) {
    return at(`\`extends\` is followed through at most ${MAX_EXTENDS} files.`, 'Shorten the chain.');
  }
  const unreadable = document.problems.find((problem) => problem.kind === 'unreadable');
  if (!unreadable) return undefined;
  const meant = nearestNames(nameFromFile(document.file), Object.keys(PRESETS)).map(
    (preset) => PRESET_PREFIX + preset,
  );
  return at(
    `${document.file}: ${unreadable.message}`,
    meant[0]
      ? `Did you mean \`${meant[0]}\`?`
      : (mistakenPath(from.scalarAt(['extends']) ?? '')?.remedy ??
          'Correct the path; it is relative to this file.'),
    meant,
  );
}

interface Parent {
  file?: string;
  preset?: TrainingInput;
  problem?: Problem;
}

async function resolveExtends(document: YamlDocument): Promise<Parent> {
  const { value } = document;
  const link = typeof value === 'object' && value !== null && 'extends' in value ? value.extends : undefined;
  if (typeof link !== 'string' || link === '') return {};
  if (!link.startsWith(PRESET_PREFIX)) return { file: resolve(dirname(document.file), link) };
  const name = link.slice(PRESET_PREFIX.length);
  if (Object.hasOwn(PRESETS, name)) return { preset: PRESETS[name] };
  const near = nearestNames(link, PRESET_NAMES);
  const problem = document.problem(['extends'], 'value', {
    kind: 'extends',
    message: `There is no preset \`${link}\`.`,
    remedy: near[0] ? `Did you mean \`${near[0]}\`?` : `Presets: ${PRESET_NAMES.join(', ')}.`,
    found: link,
    allowed: PRESET_NAMES.join(', '),
    replacements: near.length > 0 ? near : PRESET_NAMES,
  });
  return { problem };
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(under: unknown, over: unknown, schema: JsonSchema | undefined): unknown {
  if (schema?.type !== 'object' || !isMapping(under) || !isMapping(over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = key in under ? merge(under[key], value, schemaAt(schema, [key])) : value;
  }
  return merged;
}
