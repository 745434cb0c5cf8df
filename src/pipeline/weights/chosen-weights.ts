import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { readMember } from '../../data/zoo.ts';
import type { LoadedConcept, LoadedTraining, Project } from '../../project/load.ts';
import { projectPaths, toProjectPath } from '../../project/paths.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { DrawOptions, WeightsChoice, WeightsKind } from '../../protocol/statistics.ts';
import { wayTo } from '../remedies.ts';
import type { BaseModel } from './base-model.ts';
import { generatorValuesOf, readWeights } from './weights-file.ts';
import { finalVector } from './zoo-vectors.ts';

/** Weights on disk that a concept's images can be translated with. */
export interface ChosenWeights {
  readonly kind: WeightsKind;
  /** Only of weights that were denoised. */
  readonly draw?: DrawOptions;
  /** Whole generator, LoRA merged in. */
  generatorValues(): Float32Array;
  /** @throws UserError where the weights are a whole generator that was trained on without an adapter */
  loraVector(): Float32Array;
}

/**
 * The file that a name or path stands for.
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
 * @throws UserError where the file is missing, damaged, or of another base
 */
export async function readChosenWeights(
  file: string,
  project: Project,
  training: LoadedTraining,
  concept: LoadedConcept,
  base: BaseModel,
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
    const vector = finalVector(await readMember(file));
    return { kind: 'zoo', generatorValues: () => merged(vector), loraVector: () => vector };
  }
  const weights = await readWeights(
    file,
    base,
    `Make them first: ${wayTo('denoiseWeights', training.name, concept.name)}`,
  );
  return {
    kind: isSnapshot(project, file) ? 'checkpoint' : weights.origin,
    ...(weights.origin === 'denoised' && { draw: { seed: weights.seed, steps: weights.steps } }),
    generatorValues: () => generatorValuesOf(base, weights),
    loraVector: () => {
      if (weights.kind === 'lora') return weights.values;
      throw new UserError(
        `${file} holds a whole generator (fineTune.trainable: all), which has no LoRA weights to look at. ` +
          'Look at the denoised weights that it began from, or fine-tune with fineTune.trainable: lora.',
      );
    },
  };
}

/** Kept by a run on the way, below its own folder. */
function isSnapshot(project: Project, file: string): boolean {
  return (
    basename(dirname(file)) === RUN_FILES.snapshots && file.startsWith(projectPaths(project.folder).runs)
  );
}

/**
 * Tells one content of a file from the next without reading it; undefined where it cannot be read, which whoever reads
 * it says.
 */
export async function fileVersion(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size } = await stat(file);
    return `${file} ${mtimeMs} ${size}`;
  } catch {
    return undefined;
  }
}

/** @throws where the file is not there */
export async function weightsChoice(
  project: Project,
  kind: WeightsKind,
  file: string,
): Promise<WeightsChoice> {
  const { mtimeMs } = await stat(file);
  return { kind, label: kind, file: toProjectPath(project.folder, file), modified: mtimeMs };
}

/** The weights of a concept that exist, and the base they belong to. */
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
