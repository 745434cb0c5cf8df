import { isDeepStrictEqual } from 'node:util';
import type { LoadedTraining, Project } from '../../project/load.ts';
import { toProjectPath } from '../../project/paths.ts';
import type { TrainingConfig } from '../../project/schema/training-schema.ts';
import { zooConcepts } from '../../project/selection.ts';
import { STAGE_NAMES, type STAGES, type Stage, stageEntry } from '../../protocol/stages.ts';
import type { Run } from '../runs/run-state.ts';

/** Sections of the training config whose `steps` a stage trains. */
type TimedSection = {
  [S in Stage]: (typeof STAGES)[S]['section'] extends { readonly key: infer K; readonly trained: string }
    ? K
    : never;
}[Stage];

/** A stage that trains the `steps` of its section. */
export interface TimedStage {
  readonly stage: Stage;
  readonly section: TimedSection;
  readonly perZooConcept: boolean;
}

export const TIMED: readonly TimedStage[] = STAGE_NAMES.flatMap((stage) => {
  const { section } = stageEntry(stage);
  if (section?.trained === undefined) return [];
  const { key, trained } = section;
  return [{ stage, section: key as TimedSection, perZooConcept: trained === 'per zoo concept' }];
});

export interface TimeEstimate {
  readonly seconds: number;
  readonly steps: number;
  readonly secondsPerStep: number;
  /** The device on which the run was measured. */
  readonly device: string;
  readonly run: Run;
}

/**
 * Estimates how long a stage will take from the newest run that trained steps of exactly the same cost; undefined if
 * there is none.
 * @param runs of every project, newest first
 */
export function estimateTime(
  project: Pick<Project, 'folder' | 'concepts'>,
  training: LoadedTraining,
  { stage, section, perZooConcept }: TimedStage,
  runs: readonly Run[],
): TimeEstimate | undefined {
  const file = toProjectPath(project.folder, training.path);
  const { config } = training;
  for (const run of runs) {
    const { record, status } = run;
    if (run.project !== project.folder || record?.training !== file || status.device === undefined) continue;
    // With `auto`, any device counts, since it may be the one selected now; the estimate names the device of the run.
    if (config.device !== 'auto' && config.device !== status.device) continue;
    const pace = status.pace.ended.find((ended) => ended.stage === stage);
    if (pace === undefined || !costsTheSame(record.config, config, section)) continue;
    const secondsPerStep = pace.seconds / pace.steps;
    const steps = config[section].steps * (perZooConcept ? zooConcepts(project, training).length : 1);
    return { seconds: steps * secondsPerStep, steps, secondsPerStep, device: status.device, run };
  }
  return undefined;
}

/** Whether a step of a section costs the same under both configs. */
function costsTheSame(before: unknown, now: TrainingConfig, section: TimedSection): boolean {
  const decisive = (config: Partial<TrainingConfig>) => {
    const { steps: _, ...rest } = { steps: 0, ...config[section] };
    const { image, generator, discriminator, lora } = config;
    // As in a record, where keys without a value are absent.
    return JSON.parse(JSON.stringify([image?.size, generator, discriminator, lora, rest]));
  };
  if (typeof before !== 'object' || before === null) return false;
  const recorded = before as Partial<TrainingConfig>;
  // The record has the number of threads that 0, one thread per core, resolved to.
  const threadsAgree = now.threads === 0 || recorded.threads === now.threads;
  return threadsAgree && isDeepStrictEqual(decisive(recorded), decisive(now));
}
