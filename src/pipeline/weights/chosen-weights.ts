import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { ReadingOptions } from '../../data/safetensors.ts';
import { readMember } from '../../data/zoo.ts';
import { fileStamp } from '../../project/disk/file-stamp.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { formOf } from '../../project/names.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { DrawOptions, WeightsChoice, WeightsKind } from '../../protocol/statistics.ts';
import { wayTo } from '../remedies.ts';
import type { BaseModel } from './base-model.ts';
import { generatorValuesOf, readWeights } from './weights-file.ts';
import { finalVector } from './zoo-vectors.ts';

/** Weights on disk with which a concept's images can be translated. */
export interface ChosenWeights {
  readonly kind: WeightsKind;
  /** The concept that the file names; undefined for the base, and for a file that names none. */
  readonly concept?: string;
  /** Set only for denoised weights. */
  readonly draw?: DrawOptions;
  /** The whole generator, with any LoRA merged in. */
  generatorValues(): Float32Array;
  /** The LoRA vector. @throws UserError if the weights are a whole generator without an adapter */
  loraVector(): Float32Array;
}

/** Whether weights are named rather than given as a file. */
export function isWeightsName(weights: string): boolean {
  return weights === 'base' || weights === 'denoised' || weights === 'fine-tuned';
}

/**
 * The weights file for a name or path.
 * @param weights `base`, `denoised`, `fine-tuned`, or a file, absolute or relative to the project folder
 */
export function weightsFile(
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept,
  weights: string,
): string {
  const paths = projectPaths(project.folder);
  if (weights === 'base') return paths.base(training.name);
  if (weights === 'denoised' || weights === 'fine-tuned') return paths.weights(concept.name, weights);
  return resolve(project.folder, weights);
}

/**
 * Reads the base itself, a concept's weights or a zoo member.
 * @param file from `weightsFile`
 * @param notFinite 'keep' to look at a concept's weights that have values that are NaN or infinite
 * @throws UserError if the file is missing, damaged, or of another base
 */
export async function readChosenWeights(
  file: string,
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept,
  base: BaseModel,
  notFinite?: ReadingOptions['notFinite'],
): Promise<ChosenWeights> {
  const paths = projectPaths(project.folder);
  const merged = (vector: Float32Array) => base.lora.merge(base.generatorValues, vector, base.loraFrozen);
  if (file === paths.base(training.name)) {
    return {
      kind: 'base',
      generatorValues: () => base.generatorValues.slice(),
      loraVector: () => base.loraStart.slice(),
    };
  }
  if (dirname(file) === paths.zooOf(base.hash)) {
    const member = await readMember(file);
    const vector = finalVector(member);
    return {
      kind: 'zoo',
      concept: member.concept,
      generatorValues: () => merged(vector),
      loraVector: () => vector,
    };
  }
  const weights = await readWeights(file, base, wayToWeights(file, project, training, concept), notFinite);
  return {
    kind: isSnapshot(project, file) ? 'checkpoint' : weights.origin,
    ...(weights.concept !== '' && { concept: weights.concept }),
    ...(weights.origin === 'denoised' && { draw: { seed: weights.seed, steps: weights.steps } }),
    generatorValues: () => generatorValuesOf(base, weights),
    loraVector: () => {
      if (weights.kind === 'lora') return weights.values;
      throw new UserError(
        'no-lora',
        `${file} holds a whole generator (fineTune.trainable: all), which has no LoRA weights to look at. ` +
          'Look at the denoised weights from which it was trained, or fine-tune with fineTune.trainable: lora.',
      );
    },
  };
}

/** What to warn of if a file has the weights of another concept than the one that was asked for. */
export function otherConceptWarning(
  file: string,
  chosen: ChosenWeights,
  concept: LoadedConcept,
): string | undefined {
  if (chosen.concept === undefined || formOf(chosen.concept) === formOf(concept.name)) return undefined;
  return `${file} has the weights of the concept ${chosen.concept}, not of ${concept.name}; they are used as they are`;
}

/** How to make the weights of a file: a remedy that names another file's stage would lead back here. */
function wayToWeights(
  file: string,
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept,
): string {
  const paths = projectPaths(project.folder);
  switch (file) {
    case paths.weights(concept.name, 'denoised'):
      return `Denoise them first: ${wayTo('denoiseWeights', training.name, concept.name)}`;
    case paths.weights(concept.name, 'fine-tuned'):
      return `Fine-tune it first: ${wayTo('fineTuneConcept', training.name, concept.name)}; or use the denoised weights (--weights denoised).`;
    default:
      return 'Choose other weights: base, denoised or fine-tuned, or a file that belongs to the base.';
  }
}

/** Whether a file is a snapshot that a run wrote to its own folder. */
function isSnapshot(project: Project, file: string): boolean {
  return (
    basename(dirname(file)) === RUN_FILES.snapshots && file.startsWith(projectPaths(project.folder).runs)
  );
}

/**
 * Identifies the content of a file without reading it; undefined if the file cannot be accessed, which is reported
 * when it is read.
 */
export async function fileVersion(file: string): Promise<string | undefined> {
  const stamp = await fileStamp(file);
  return stamp && [file, ...stamp].join(' ');
}

/** Describes a weights file for a list. @throws if the file does not exist */
export async function weightsChoice(
  project: Project,
  kind: WeightsKind,
  file: string,
): Promise<WeightsChoice> {
  const { mtimeMs } = await stat(file);
  return { kind, label: kind, file: toProjectPath(project.folder, file), modified: mtimeMs };
}

/** The existing weights of a concept, and the base they belong to. */
export async function listWeights(
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept,
): Promise<WeightsChoice[]> {
  const kinds = ['base', 'denoised', 'fine-tuned'] as const;
  const existing = kinds
    .map((kind) => ({ kind, file: weightsFile(project, training, concept, kind) }))
    .filter(({ file }) => existsSync(file));
  return Promise.all(existing.map(({ kind, file }) => weightsChoice(project, kind, file)));
}
