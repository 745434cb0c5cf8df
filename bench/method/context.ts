/** What units share inside a worker: the project, and a way to run stages on it without an engine around them. */
import { appendFileSync, existsSync } from 'node:fs';
import { copyFile, cp, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { selectDevice } from '../../src/compute/devices.ts';
import type { DeviceReport } from '../../src/compute/types.ts';
import type { PreparedPairs } from '../../src/data/prepared.ts';
import { type HeldOutImages, heldOutImages } from '../../src/pipeline/metrics/held-out.ts';
import {
  NO_WORKERS,
  type RunWriter,
  type StageContext,
  type StageFunction,
  type StageOutcome,
} from '../../src/pipeline/stage.ts';
import { preparedPairs } from '../../src/pipeline/stage-support.ts';
import { writeWhole } from '../../src/project/disk/write-whole.ts';
import {
  type LoadedConcept,
  type LoadedTraining,
  loadProject,
  type Project,
} from '../../src/project/load.ts';
import { projectPaths } from '../../src/project/paths.ts';
import { throwOnErrors } from '../../src/project/problem.ts';
import type { TrainingConfig } from '../../src/project/schema/training-schema.ts';
import { trainingName } from './project.ts';
import type { OtherZoo } from './work.ts';

export interface BenchContext {
  readonly project: Project;
  /** Folder of the stages' run folders, which hold their checkpoints. */
  readonly runs: string;
  readonly threads: number;
}

export async function openContext(folder: string, runs: string, threads: number): Promise<BenchContext> {
  const project = await loadProject(folder);
  throwOnErrors(project.problems);
  return { project, runs, threads };
}

export function trainingOf({ project, threads }: BenchContext, name: string): LoadedTraining {
  const training = project.trainings.find((candidate) => candidate.name === name);
  if (!training) throw new Error(`the benchmark's project has no training ${name}`);
  return { ...training, config: { ...training.config, threads } };
}

export function conceptOf({ project }: BenchContext, name: string): LoadedConcept {
  const concept = project.concepts.find((candidate) => candidate.name === name);
  if (!concept) throw new Error(`the benchmark's project has no concept ${name}`);
  return concept;
}

export function device({ threads }: BenchContext): Promise<DeviceReport> {
  return selectDevice('cpu', threads);
}

/** A run folder without an observer: its events are kept, and warnings go to standard error. */
export async function quietRun(context: BenchContext, name: string): Promise<RunWriter> {
  const folder = join(context.runs, name);
  await mkdir(folder, { recursive: true });
  return {
    folder,
    emit: (event) => {
      if (event.type !== 'progress')
        appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(event)}\n`);
      if (event.type === 'log' && event.level !== 'info') console.error(`${name}: ${event.message}`);
    },
  };
}

export async function stageContext(
  context: BenchContext,
  training: LoadedTraining,
  name: string,
): Promise<StageContext> {
  return {
    project: context.project,
    training,
    run: await quietRun(context, name),
    shouldStop: () => false,
    resume: true,
    options: {},
    startWorkers: () => NO_WORKERS,
  };
}

export async function runStage(
  context: BenchContext,
  training: LoadedTraining,
  name: string,
  stage: StageFunction,
): Promise<StageOutcome['result']> {
  const { result } = await stage(await stageContext(context, training, `${training.name}-${name}`));
  return result;
}

export async function pairsOf(
  context: BenchContext,
  training: LoadedTraining,
  concept: LoadedConcept,
): Promise<PreparedPairs> {
  // All seeds train on the same split.
  const prepared = await preparedPairs(await stageContext(context, training, 'prepare'), [concept]);
  return prepared![0]!;
}

export function heldOut(pairs: PreparedPairs, { image, evaluate }: TrainingConfig): HeldOutImages {
  return heldOutImages(pairs.test, pairs.size, image.size, evaluate.images);
}

/**
 * A project with the same concepts and images, but another zoo. It uses the benchmark's base, unless its own LoRA
 * layers need a base trained with them.
 */
export async function otherZooContext(
  { project: { folder: original }, runs, threads }: BenchContext,
  seed: number,
  { name, sections }: OtherZoo,
): Promise<BenchContext> {
  const folder = `${original}-${name}`;
  const training = trainingName(seed);
  const file = `${training}.training.yaml`;
  if (!existsSync(join(folder, file))) {
    for (const part of ['concepts', 'images'])
      await cp(join(original, part), join(folder, part), { recursive: true });
    if (!sections.lora) {
      const base = projectPaths(folder).base(training);
      await mkdir(dirname(base), { recursive: true });
      await copyFile(projectPaths(original).base(training), base);
    }
    const config = { extends: join('..', basename(original), file), ...sections };
    await writeWhole(join(folder, file), stringify(config));
  }
  return openContext(folder, `${runs}-${name}`, threads);
}

/** A training config like a seed's, with other keys of the weight generator, on the same base and zoo. */
export async function variantTraining(
  context: BenchContext,
  seed: number,
  variant: string,
  keys: Readonly<Record<string, unknown>>,
  concepts: readonly string[] | undefined,
): Promise<LoadedTraining> {
  const original = trainingOf(context, trainingName(seed));
  const name = `${original.name}-${variant}`;
  const { folder } = context.project;
  const paths = projectPaths(folder);
  await copyFile(paths.base(original.name), paths.base(name));
  const file = join(folder, `${name}.training.yaml`);
  await writeWhole(
    file,
    stringify({
      extends: `./${original.name}.training.yaml`,
      weightGenerator: keys,
      ...(concepts && { collect: { concepts } }),
    }),
  );
  const project = await loadProject(folder);
  throwOnErrors(project.problems.filter((problem) => problem.file === file));
  return trainingOf({ ...context, project }, name);
}
