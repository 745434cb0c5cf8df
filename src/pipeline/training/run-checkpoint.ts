/** The checkpoint of a training in its run folder. */

import * as z from 'zod';
import type { GroupState } from '../../compute/types.ts';
import {
  architectureDifferences,
  type Checkpoint,
  type CheckpointArchitecture,
  readAnyCheckpoint,
  writeCheckpoint,
} from '../../models/checkpoint.ts';
import { UserError } from '../../project/user-error.ts';
import { safeParse } from '../../protocol/safe-parse.ts';
import { dataChanges, type TrainingData } from './training-data.ts';

/** How far a training has come. */
export interface TrainingProgress {
  readonly stepsDone: number;
  /** Seconds spent in steps. */
  readonly seconds: number;
  readonly firstLosses: readonly number[];
}

/** What a checkpoint has to agree with to be continued. */
export interface ExpectedTraining {
  readonly architecture: CheckpointArchitecture;
  readonly data: TrainingData;
  readonly steps: number;
  /** Number of values of each group. */
  readonly sizes: Readonly<Record<string, number>>;
}

const progressSchema = z.strictObject({
  stepsDone: z.number().int().min(0),
  seconds: z.number().min(0),
  firstLosses: z.array(z.number()).default([]),
});
const extraSchema = progressSchema.extend({
  data: z.record(z.string(), z.string()),
  /** Of earlier versions; by now, every file has one in its own metadata. */
  checksum: z.string().optional(),
});

/** Writes a checkpoint that `readRunCheckpoint` continues from. */
export async function writeRunCheckpoint(
  path: string,
  architecture: CheckpointArchitecture,
  groups: Readonly<Record<string, GroupState>>,
  progress: TrainingProgress,
  data: TrainingData,
): Promise<void> {
  await writeCheckpoint(path, { architecture, groups, extra: { ...progress, data: { ...data } } });
}

/**
 * Reads a checkpoint to continue from. Those of earlier versions have no digests of the training's data: they are read as
 * they are.
 * @throws UserError if it is damaged, or was made by another training
 */
export async function readRunCheckpoint(
  path: string,
  { architecture, data, steps, sizes }: ExpectedTraining,
): Promise<{ groups: Checkpoint['groups']; progress: TrainingProgress }> {
  const checkpoint = await readUndamaged(path);
  const read = safeParse(z.union([extraSchema, progressSchema]), checkpoint.extra);
  if (!read.success) throw damaged(path, 'what it says about the training cannot be true');
  // The config is that of the run's record: nobody has changed it since.
  const differences = architectureDifferences(checkpoint.architecture, architecture);
  if (differences.length > 0) {
    throw otherTraining(path, `a checkpoint of another training: ${differences.join('; ')}`);
  }
  const changed = 'data' in read.data ? dataChanges(read.data.data, data) : [];
  if (changed.length > 0) {
    throw otherTraining(path, `changed since this training began: ${changed.join(', ')}`);
  }
  for (const [group, size] of Object.entries(sizes)) {
    const found = checkpoint.groups[group]?.values.length ?? 0;
    if (found !== size) {
      throw otherTraining(path, `it has ${found} values of ${group}, but this training has ${size}`);
    }
  }
  const { stepsDone, seconds, firstLosses } = read.data;
  if (stepsDone > steps) throw damaged(path, `it is at step ${stepsDone} of ${steps}`);
  return { groups: checkpoint.groups, progress: { stepsDone, seconds, firstLosses } };
}

async function readUndamaged(path: string): Promise<Checkpoint> {
  try {
    return await readAnyCheckpoint(path);
  } catch (error) {
    // A file that cannot be opened need not be damaged.
    if (!(error instanceof UserError) || error.cause !== undefined) throw error;
    throw damaged(path, 'it cannot be read', error);
  }
}

function damaged(path: string, why: string, cause?: Error): UserError {
  return new UserError(
    'damaged-file',
    `${path}: this checkpoint is damaged: ${why}. Delete it and resume: training then begins at step 0.`,
    { cause },
  );
}

function otherTraining(path: string, why: string): UserError {
  return new UserError(
    'changed-inputs',
    `${path}: ${why}. Start a new run; or delete this checkpoint and resume: training then begins at step 0.`,
  );
}
