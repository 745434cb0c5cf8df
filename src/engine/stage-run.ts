import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AllStages, StageFunction, StageOutcome } from '../pipeline/stage.ts';
import { refuseLeadingOut } from '../project/disk/leading-out.ts';
import { projectPaths } from '../project/paths.ts';
import { systemReason } from '../project/system-reason.ts';
import { UserError } from '../project/user-error.ts';
import type { RunEvent } from '../protocol/events.ts';
import { inertText } from '../protocol/inert-text.ts';
import { RUN_FILES } from '../protocol/run.ts';
import type { Stage } from '../protocol/stages.ts';
import { EventLog } from './event-log.ts';
import { HumanOutput, JsonOutput } from './event-output.ts';
import { describeError, EXIT, exitCodeOf } from './exit-codes.ts';
import { removeLeftovers } from './leftovers.ts';
import { freeMemory, LocalWorkers, workersThatFit } from './local-workers.ts';
import { findProjectFolder } from './project-choice.ts';
import { RunEvents } from './run-events.ts';
import { tellFailure } from './run-failure.ts';
import { runFolderOf, writeResult } from './run-folder.ts';
import { planStage, type StageArguments, type StagePlan } from './stage-plan.ts';
import { StopRequests } from './stop-requests.ts';
import { TensorBoardLog } from './tensorboard/tensorboard-log.ts';

/**
 * Runs a stage in its run folder, from the command line to the exit code.
 * @param loadStages called once a run folder is owned, because importing the stages loads native code
 */
export async function runStage(
  stage: Stage,
  given: StageArguments,
  loadStages: () => Promise<AllStages>,
): Promise<number> {
  let plan: StagePlan;
  try {
    plan = await planStage(stage, given);
  } catch (error) {
    await recordFailedStart(given, error);
    throw error;
  }
  return execute(plan, given, async (context) => {
    const { stages } = await loadStages();
    return stages[stage](context);
  });
}

async function execute(
  plan: StagePlan,
  { json = false, tensorboard = false }: StageArguments,
  stage: StageFunction,
): Promise<number> {
  const { project, training, options, run, warnings } = plan;
  const { record, folder, lock, resumed } = run;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const output = json ? new JsonOutput() : new HumanOutput(process.stderr, process.env);
  const sinks = tensorboard ? [output, new TensorBoardLog(folder)] : [output];
  const events = new RunEvents(folder, sinks, () => lock.beat());
  const stops = new StopRequests(folder, (message) => events.emit({ type: 'log', level: 'info', message }));
  const fail = (error: unknown) => tellFailure(events, error, seconds(), json);
  const crash = (error: unknown) => {
    // An error outside the stage's promise leaves the process in an unknown state.
    fail(error);
    lock.release();
    process.exit(EXIT.failed);
  };
  process.on('uncaughtException', crash);
  try {
    const { stage: name, id } = record;
    events.emit({
      type: 'started',
      runId: id,
      stage: name,
      name: record.name,
      pid: process.pid,
      host: hostname(),
      resumed,
    });
    for (const message of warnings) events.emit({ type: 'log', level: 'warning', message });
    let outcome: StageOutcome;
    try {
      await removeLeftovers(project.folder, folder);
      outcome = await stage({
        project,
        training,
        run: events,
        shouldStop: () => stops.asked(),
        resume: resumed,
        options,
        startWorkers: (count) => {
          const warn = (message: string) => events.emit({ type: 'log', level: 'warning', message });
          return new LocalWorkers(workersThatFit(count, freeMemory(), warn), folder, warn);
        },
      });
      const { status, result } = outcome;
      await writeResult(run, { status, result, seconds: seconds() });
    } catch (error) {
      fail(error);
      return exitCodeOf(error);
    }
    try {
      events.emit({ type: 'finished', status: outcome.status, seconds: seconds() });
    } catch (error) {
      // The result is there already, and says how the run has ended.
      const { path } = error as NodeJS.ErrnoException;
      const kept = 'The run has ended and its results are whole; only the end of its log is missing.';
      process.stderr.write(`${inertText(`${path}: ${systemReason(error)}. ${kept}`)}\n`);
    }
    if (!json) {
      const { summary, result } = outcome;
      process.stdout.write(
        inertText(summary ? summary.map((line) => `${line}\n`).join('') : stringify(result)),
      );
    }
    return outcome.status === 'stopped' ? EXIT.stopped : EXIT.ok;
  } finally {
    process.off('uncaughtException', crash);
    stops.dispose();
    events.close();
    lock.release();
  }
}

/**
 * Tells the process that chose the run's folder and watches it that nothing was started. A run that already exists
 * belongs to another process and is left as it is.
 */
async function recordFailedStart(given: StageArguments, error: unknown): Promise<void> {
  if (given.runId === undefined) return;
  let folder: string;
  try {
    const project = findProjectFolder(given.project);
    folder = runFolderOf(projectPaths(project).runs, given.runId);
    await refuseLeadingOut(project, join(folder, RUN_FILES.events));
  } catch (unusable) {
    if (unusable instanceof UserError) return;
    throw unusable;
  }
  if (!existsSync(folder) || existsSync(join(folder, RUN_FILES.record))) return;
  const log = new EventLog(join(folder, RUN_FILES.events));
  const { message, code } = describeError(error);
  const event: RunEvent = {
    time: Date.now(),
    type: 'finished',
    status: 'failed',
    seconds: 0,
    error: message,
    code,
  };
  log.append(event);
  log.close();
}
