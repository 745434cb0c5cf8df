import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, version } from '../../package.json';
import { defaultThreads } from '../compute/run/threads.ts';
import { DiskView } from '../project/disk/disk-view.ts';
import { type LoadedTraining, loadProject, type Project } from '../project/load.ts';
import { nameFromFile, projectPaths, toProjectPath } from '../project/paths.ts';
import { changedKeys } from '../project/runs/config-changes.ts';
import { inputChanges, type RunInputs } from '../project/runs/run-inputs.ts';
import { readRunRecord } from '../project/runs/run-record.ts';
import { hasSucceeded } from '../project/runs/run-result.ts';
import { type TrainingConfig, trainingSchema } from '../project/schema/training-schema.ts';
import { UserError } from '../project/user-error.ts';
import { RUN_FILES, type RunRecord } from '../protocol/run.ts';
import { safeParse } from '../protocol/safe-parse.ts';
import { flagOf, type Stage, type StageOptions } from '../protocol/stages.ts';
import { confine } from './confinement.ts';
import { drawMissingImages } from './example-images.ts';
import { UsageError } from './exit-codes.ts';
import {
  chooseConcept,
  chooseTraining,
  findProjectFolder,
  refuseNoConcepts,
  refuseProblems,
} from './project-choice.ts';
import { latestResumableRun, locateRun } from './run-choice.ts';
import { createRun, type OwnedRun, resumeRun, runFolderOf } from './run-folder.ts';
import { recordedInputs, runInputs } from './run-inputs.ts';
import { refuseOutputs, requireOptions, resolveOptions } from './stage-options.ts';

/** Arguments of a stage's command, with paths relative to the working directory. */
export interface StageArguments extends StageOptions {
  project?: string;
  training?: string;
  runId?: string;
  /** A run's id or folder, or `latest`. */
  resume?: string;
  json?: boolean;
  tensorboard?: boolean;
  device?: TrainingConfig['device'];
  threads?: number;
}

/** Everything that a stage needs to start, with a run folder that this process owns. */
export interface StagePlan {
  readonly project: Project;
  readonly training: LoadedTraining;
  readonly options: StageOptions;
  readonly run: OwnedRun;
  /** What the user should know before the stage begins. */
  readonly warnings: readonly string[];
}

/**
 * @throws UsageError if the command line or the project's files have errors
 * @throws UserError if another process is working on the run, or its inputs have changed since it started
 */
export function planStage(stage: Stage, given: StageArguments): Promise<StagePlan> {
  return given.resume === undefined ? planNewRun(stage, given) : planResumedRun(stage, given, given.resume);
}

async function planNewRun(stage: Stage, given: StageArguments): Promise<StagePlan> {
  const folder = findProjectFolder(given.project);
  await drawMissingImages(folder);
  const view = new DiskView();
  const project = await loadProject(folder, view);
  const written = chooseTraining(project, given.training);
  // A folder of weight files takes the place of concepts, and a prompt that of one.
  if (given.zoo === undefined && given.prompt === undefined) refuseNoConcepts(project);
  requireOptions(stage, given, project.concepts);
  const concept = given.concept === undefined ? undefined : chooseConcept(project, given.concept);
  refuseProblems(project, written, concept);
  const training = onDevice(written, given);
  const options = resolveOptions(stage, given);
  await refuseOutputs(stage, project, options);
  const { runs } = projectPaths(project.folder);
  await confine(project.folder, given.runId === undefined ? undefined : runFolderOf(runs, given.runId));
  const run = await createRun(
    runs,
    {
      stage,
      name: concept?.name ?? training.name,
      training: toProjectPath(project.folder, training.path),
      ...(concept && { concept: toProjectPath(project.folder, concept.path) }),
      seed: given.seed ?? training.config.seed,
      config: training.config,
      given: { device: given.device, threads: given.threads },
      options: { ...options },
      versions: { dnw: version, node: process.versions.node, onnxruntime: dependencies['onnxruntime-node'] },
      ...(await runInputs(stage, project, training, options, view)),
    },
    given.runId,
  );
  return { project, training, options, run, warnings: [] };
}

async function planResumedRun(stage: Stage, given: StageArguments, reference: string): Promise<StagePlan> {
  const {
    projectFolder,
    folder,
    damages = [],
  } = reference === 'latest'
    ? await latestResumableRun(given.project, stage, (record) => isAbout(record, given))
    : { ...locateRun(reference, given.project), damages: undefined };
  const record = (await readRunRecord(folder))!;
  if (record.stage !== stage) {
    throw new UsageError(
      'other-run-options',
      `${record.id} is a ${record.stage} run. Continue it with: dnw ${record.stage} --resume ${record.id}`,
    );
  }
  if (await hasSucceeded(folder)) {
    throw new UsageError('nothing-to-resume', `${record.id} has already finished. Start a new run.`);
  }
  const different = disagreement(record, given);
  if (different !== undefined) {
    throw new UsageError(
      'other-run-options',
      `${different} A resumed run takes its options from its run.json; start a new run to change them.`,
    );
  }
  const view = new DiskView();
  const project = await loadProject(projectFolder, view);
  const recorded = recordedTraining(project, record);
  const training = onDevice(recorded, given);
  await confine(projectFolder, folder);
  const run = await resumeRun(folder, record);
  try {
    refuseChangedInputs(record, project, await recordedInputs(record, project, training, view));
  } catch (error) {
    run.lock.release();
    throw error;
  }
  const warnings = [
    ...damages.map((damage) => `A later run cannot be resumed: ${damage}`),
    ...configWarnings(project, record, recorded.config),
  ];
  return { project, training, options: record.options as StageOptions, run, warnings };
}

/** What a process needs to take part in a run that another one began. */
export interface WorkPlan extends Omit<StagePlan, 'run'> {
  /** Absolute path of the run folder. */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * @param reference the run's id or folder
 * @param projectGiven the project's folder, as given on the command line
 * @param stages those whose runs several processes can work on
 * @throws UsageError if there is no such run, or it has ended
 * @throws UserError if what the run began with is not what is here: files, or the versions of the programs
 */
export async function planWork(
  reference: string,
  projectGiven: string | undefined,
  stages: readonly string[],
): Promise<WorkPlan> {
  const { projectFolder, folder } = locateRun(reference, projectGiven);
  const record = (await readRunRecord(folder))!;
  if (!stages.includes(record.stage)) {
    throw new UserError(
      'not-divided',
      `${record.id} is a ${record.stage} run, which only one process can work on. Others can take part in runs of: ${stages.join(', ')}.`,
    );
  }
  if (await hasSucceeded(folder)) {
    throw new UsageError('nothing-to-resume', `${record.id} has already finished.`);
  }
  if (existsSync(join(folder, RUN_FILES.stopRequest))) {
    throw new UsageError(
      'not-divided',
      `${record.id} was stopped. Continue it first: dnw ${record.stage} --resume ${record.id}`,
    );
  }
  refuseOtherPrograms(record);
  const view = new DiskView();
  const project = await loadProject(projectFolder, view);
  const training = recordedTraining(project, record);
  await confine(projectFolder, folder);
  refuseChangedInputs(record, project, await recordedInputs(record, project, training, view));
  const warnings = configWarnings(project, record, training.config);
  return { project, training, options: record.options as StageOptions, folder, record, warnings };
}

/** Weights that are trained by another version of these programs may differ in their last bits, or in more. */
function refuseOtherPrograms({ id, versions }: RunRecord): void {
  const here = { dnw: version, onnxruntime: dependencies['onnxruntime-node'] };
  const different = (Object.keys(here) as (keyof typeof here)[]).filter(
    (program) => versions[program] !== here[program],
  );
  if (different.length === 0) return;
  const parts = different.map((program) => `${program} ${versions[program]}, here it is ${here[program]}`);
  throw new UserError(
    'other-version',
    `${id} was begun with ${parts.join('; ')}. All processes of a run need the same version: install it here.`,
  );
}

/** Whether a run belongs to the given training config and concept, as far as they are given. */
function isAbout(record: RunRecord, { training, concept }: StageArguments): boolean {
  const { concept: recorded } = record.options as StageOptions;
  return (
    (training === undefined || training === nameFromFile(record.training)) &&
    (concept === undefined || concept === recorded)
  );
}

/** A sentence about the first option that contradicts the run's record. */
function disagreement(record: RunRecord, given: StageArguments): string | undefined {
  const recorded = record.options as StageOptions;
  const pairs: [string, unknown, unknown][] = [
    ['--training', given.training, nameFromFile(record.training)],
    ...Object.entries(resolveOptions(record.stage, given)).map(([key, value]): [string, unknown, unknown] => [
      flagOf(key),
      value,
      recorded[key as keyof StageOptions],
    ]),
  ];
  const found = pairs.find(([, wanted, actual]) => wanted !== undefined && wanted !== actual);
  if (found === undefined) return undefined;
  const [flag, wanted, actual] = found;
  return `${flag} ${wanted}: ${record.id} was started with ${actual === undefined ? `no ${flag}` : String(actual)}.`;
}

function recordedTraining(project: Project, record: RunRecord): LoadedTraining {
  const config = safeParse(trainingSchema, record.config);
  if (!config.success) {
    throw new UserError(
      'other-version',
      `${record.id}: its config was written by another version of dnw (${record.versions.dnw}; this is ${version}). Start a new run.`,
    );
  }
  return {
    path: join(project.folder, record.training),
    name: nameFromFile(record.training),
    config: config.data,
  };
}

function refuseChangedInputs(record: RunRecord, project: Project, now: RunInputs): void {
  const changed = inputChanges(record, now);
  if (changed.length === 0) return;
  // A concept whose file has an error is not among the project's concepts.
  const unread = project.problems.some(({ severity }) => severity === 'error')
    ? ' Files of the project have errors; to list them: dnw validate.'
    : '';
  const kept =
    record.stage === 'collect'
      ? '; with --missing, it keeps every member that is finished and still fits its concept'
      : '';
  throw new UserError(
    'changed-inputs',
    `${record.id}: changed since this run began: ${changed.join(', ')}. Its checkpoint no longer fits. ` +
      `Start a new run${kept}.${unread}`,
  );
}

/**
 * What a resumed run does not take from its training config, because that has changed since the run began.
 * @param config what the run began with, with the names and defaults of this version
 */
function configWarnings(
  { folder, trainings }: Project,
  { training, given }: RunRecord,
  config: TrainingConfig,
): string[] {
  const began = 'this run continues with what it began with.';
  const now = trainings.find(({ path }) => toProjectPath(folder, path) === training);
  if (now === undefined) return [`${training} is gone or has errors; ${began}`];
  const { device, threads } = config;
  const present = {
    ...now.config,
    // What the command line gave is not from the file, and earlier versions did not record it.
    ...((given === undefined || given.device !== undefined) && { device }),
    ...((given === undefined || given.threads !== undefined || now.config.threads === 0) && { threads }),
  };
  const keys = changedKeys(config, present);
  return keys.length === 0 ? [] : [`${training} has changed since (${keys.join(', ')}); ${began}`];
}

/**
 * The config with the number of threads that will compute: sums depend on it, so a resumed run must use the same. Workers
 * share the cores.
 */
function onDevice(
  training: LoadedTraining,
  { device, threads, workers = 1 }: StageArguments,
): LoadedTraining {
  const { config } = training;
  return {
    ...training,
    config: {
      ...config,
      device: device ?? config.device,
      threads: (threads ?? config.threads) || Math.max(1, Math.floor(defaultThreads() / workers)),
    },
  };
}
