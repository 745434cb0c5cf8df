import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AllStages, WorkOutcome } from '../pipeline/stage.ts';
import { makeFolder } from '../project/disk/folders.ts';
import { readOwner } from '../project/runs/run-owner.ts';
import { UserError } from '../project/user-error.ts';
import { RUN_FILES } from '../protocol/run.ts';
import type { Stage } from '../protocol/stages.ts';
import { HumanOutput, JsonOutput } from './event-output.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { systemClock } from './progress-throttle.ts';
import { RunEvents } from './run-events.ts';
import { tellFailure } from './run-failure.ts';
import { planWork } from './stage-plan.ts';
import { runStage } from './stage-run.ts';
import { StopRequests } from './stop-requests.ts';

export interface WorkArguments {
  /** The run's id or folder. */
  readonly run: string;
  readonly project?: string;
  readonly json?: boolean;
}

/**
 * Takes part in a run that another process began, until there is nothing left to take. What it does is logged in a folder of
 * its own in the run's `workers`. If then all units are done and no process leads the run any more, ends it in its place.
 * @returns the exit code
 */
export async function workOnRun(
  { run: reference, project: given, json = false }: WorkArguments,
  loadStages: () => Promise<AllStages>,
): Promise<number> {
  const { work: functions } = await loadStages();
  const plan = await planWork(reference, given, Object.keys(functions));
  const { project, training, options, folder, record, warnings } = plan;
  const work = functions[record.stage]!;
  // Names of hosts are not always fit for files.
  const host = hostname().replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const log = join(folder, RUN_FILES.workers, `${host}-${process.pid}-${randomBytes(3).toString('hex')}`);
  await makeFolder(log);
  const output = json ? new JsonOutput() : new HumanOutput(process.stderr, process.env);
  const events = new RunEvents(folder, [output], () => {}, systemClock, log);
  const tell = (message: string) => events.emit({ type: 'log', level: 'info', message });
  const stops = new StopRequests(folder, tell);
  // The process that started this one has ended, or wants it to.
  process.once('disconnect', () =>
    stops.ask('Stopping after this step: the process that leads the run is gone.'),
  );
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  let isWhole = false;
  try {
    for (const message of warnings) events.emit({ type: 'log', level: 'warning', message });
    const outcome = await work({
      ...{ project, training, options, run: events, resume: true },
      shouldStop: () => stops.asked(),
    });
    const { status, left, failed } = outcome;
    tell(outcomeText(outcome));
    events.emit({ type: 'finished', status, seconds: seconds() });
    if (status === 'stopped') return EXIT.stopped;
    isWhole = left + failed === 0;
  } catch (error) {
    tellFailure(events, error, seconds(), json);
    return exitCodeOf(error);
  } finally {
    stops.dispose();
    events.close();
    if (process.connected) process.disconnect();
  }
  return isWhole ? end(record.stage, folder, json, loadStages) : EXIT.ok;
}

/** Ends a run all of whose units are done, unless another process leads it, and will. */
async function end(
  stage: Stage,
  folder: string,
  json: boolean,
  loadStages: () => Promise<AllStages>,
): Promise<number> {
  try {
    if ((await readOwner(folder)).active) return EXIT.ok;
    return await runStage(stage, { resume: folder, json }, loadStages);
  } catch (error) {
    // Another process was faster, and leads the run now, or has ended it.
    const isOthers = error instanceof UserError && ['run-active', 'nothing-to-resume'].includes(error.kind);
    if (isOthers) return EXIT.ok;
    throw error;
  }
}

function outcomeText({ finished, total, left, failed }: WorkOutcome): string {
  return [
    `This process has finished ${finished} of ${total} units.`,
    left === 0 ? 'Nothing is left.' : `${left} are left to others.`,
    ...(failed === 0 ? [] : [`${failed} failed.`]),
  ].join(' ');
}
