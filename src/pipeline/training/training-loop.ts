import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Executor, GroupState, StepInputs } from '../../compute/types.ts';
import type { CheckpointArchitecture } from '../../models/checkpoint.ts';
import { UserError } from '../../project/user-error.ts';
import { RUN_FILES } from '../../protocol/run.ts';
import type { RunWriter } from '../stage.ts';
import { LossWatch } from './loss-watch.ts';
import { readRunCheckpoint, writeRunCheckpoint } from './run-checkpoint.ts';
import type { TrainingData } from './training-data.ts';

export interface TrainingStep {
  readonly inputs: StepInputs;
  /** Learning rates by parameter group. */
  readonly learningRates: Readonly<Record<string, number>>;
}

/** What is measured during training, and when. */
export interface MeasureOptions {
  readonly at: (stepsDone: number) => boolean;
  readonly run: (stepsDone: number, seconds: number) => Promise<void>;
}

export interface TrainingLoopOptions {
  readonly run: RunWriter;
  readonly shouldStop: () => boolean;
  /** Continue from the checkpoint in the run folder, if there is one. */
  readonly resume: boolean;
  readonly executor: Executor;
  /** Parameter groups whose values and moments go into the checkpoint. */
  readonly groups: readonly string[];
  readonly architecture: CheckpointArchitecture;
  /** Digests of what the steps read, which must be the same for a resumed run. */
  readonly data: TrainingData;
  readonly steps: number;
  /** Data and learning rates as a pure function of the 0-based step, so that a resumed run repeats nothing. */
  readonly step: (index: number) => TrainingStep | Promise<TrainingStep>;
  readonly checkpointEvery: number;
  /** Path relative to the run folder; default RUN_FILES.checkpoint. */
  readonly checkpointFile?: string;
  /** What is being trained, for the progress line. */
  readonly message: string;
  readonly concept?: string;
  readonly series?: string;
  /** Progress of this loop within a longer piece of work; default: the loop is all of it. */
  readonly progress?: (done: number) => { done: number; total: number };
  /** Steps between metrics events. */
  readonly metricsEvery?: number;
  /**
   * Called before step 0, and after each step whose 1-based number is requested, with the training time so far
   * (seconds, without this callback's own time). Not called again for steps before a resume.
   */
  readonly measure?: MeasureOptions;
  /** Called after each step, for state that is kept outside the executor (a moving average). */
  readonly afterStep?: (stepsDone: number) => Promise<void>;
  /** More groups for the checkpoint, and how to restore them (the moving average). */
  readonly extraGroups?: {
    save: () => Record<string, Float32Array>;
    load: (groups: Record<string, Float32Array>) => void;
  };
}

export interface TrainingOutcome {
  readonly finished: boolean;
  readonly stepsDone: number;
  /** Seconds spent in steps, by this process and by earlier ones before a resume. */
  readonly seconds: number;
}

/**
 * Runs a training until it ends or a stop is requested. Between steps it lets the process receive signals. It writes
 * a checkpoint every `checkpointEvery` steps and on a stop, but none at the end, where the caller writes the result.
 * @throws UserError if a loss is not finite, the L1 loss has risen by the end, or the checkpoint is damaged or belongs to
 * another training
 */
export async function trainingLoop(options: TrainingLoopOptions): Promise<TrainingOutcome> {
  const { executor, run, steps } = options;
  const file = options.checkpointFile ?? RUN_FILES.checkpoint;
  const path = join(run.folder, file);
  let done = 0;
  let seconds = 0;
  const watch = new LossWatch();
  if (options.resume && existsSync(path)) {
    const sizes: Record<string, number> = {};
    for (const group of options.groups) sizes[group] = (await executor.values(group)).length;
    const { groups, progress } = await readRunCheckpoint(path, { ...options, sizes });
    for (const group of options.groups) await executor.load(group, groups[group]!);
    options.extraGroups?.load(
      Object.fromEntries(Object.entries(groups).map(([name, state]) => [name, state.values])),
    );
    done = progress.stepsDone;
    seconds = progress.seconds;
    watch.restore(progress.firstLosses);
  }
  const save = async () => {
    const groups: Record<string, GroupState> = {};
    for (const group of options.groups) groups[group] = await executor.state(group);
    for (const [name, values] of Object.entries(options.extraGroups?.save() ?? {})) {
      groups[name] = { values, stepCount: done };
    }
    const progress = { stepsDone: done, seconds, firstLosses: [...watch.first] };
    await writeRunCheckpoint(path, options.architecture, groups, progress, options.data);
    run.emit({ type: 'checkpoint', step: done, file });
  };
  if (done === 0 && options.measure?.at(0)) await options.measure.run(0, 0);
  const metricsEvery = options.metricsEvery ?? Math.max(1, Math.floor(steps / 200));
  while (done < steps) {
    if (options.shouldStop()) {
      await save();
      return { finished: false, stepsDone: done, seconds };
    }
    const begun = performance.now();
    const step = await options.step(done);
    const outputs = await executor.run(step.inputs, step.learningRates);
    done++;
    await options.afterStep?.(done);
    seconds += (performance.now() - begun) / 1000;
    const values = scalars(outputs);
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) {
        throw new UserError(
          'diverged',
          `${options.message}: ${name} became ${value} at step ${done}. Lower the learning rate, ` +
            'or resume from the last checkpoint with another seed.',
        );
      }
    }
    if (values[L1] !== undefined) watch.note(values[L1], lossOfGray(step.inputs));
    if (done % metricsEvery === 0 || done === steps) {
      run.emit({
        type: 'metrics',
        step: done,
        seconds,
        values,
        ...(options.concept ? { concept: options.concept } : {}),
        ...(options.series ? { series: options.series } : {}),
      });
    }
    const whole = options.progress?.(done) ?? { done, total: steps };
    run.emit({
      type: 'progress',
      message: options.message,
      unit: 'steps',
      ...whole,
      ...(options.concept ? { concept: options.concept } : {}),
    });
    if (options.measure?.at(done)) await options.measure.run(done, seconds);
    if (done % options.checkpointEvery === 0 && done < steps) await save();
    // The ONNX Runtime call blocks the event loop: let signals, timers and requests in.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (watch.loss) {
    const { first, last, gray } = watch.loss;
    const [from, to] = [first.toPrecision(2), last.toPrecision(2)];
    const found =
      last > first || gray === undefined
        ? `has risen from ${from} to ${to} over ${steps} steps`
        : `is ${to} after ${steps} steps, where a plain gray image has ${gray.toPrecision(2)}`;
    throw new UserError(
      'diverged',
      `${options.message}: ${L1} ${found}, ` +
        'so the generator has lost the image. Lower the learning rate (learningRate), raise warmup, or lower beta2.',
    );
  }
  return { finished: true, stepsDone: done, seconds };
}

/** The watched output: the distance to the target in every training on images. */
const L1 = 'loss/l1';

/** The L1 loss of an image that is 0 everywhere, in [-1, 1]: the mean absolute value of the targets. */
function lossOfGray({ target }: StepInputs): number {
  if (target === undefined) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const value of target) sum += Math.abs(value);
  return sum / target.length;
}

/** The outputs with a single value: losses. */
function scalars(outputs: Record<string, Float32Array>): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, data] of Object.entries(outputs)) if (data.length === 1) values[name] = data[0]!;
  return values;
}
