import { flagOf, optionNames, type Stage, type StageOptions } from '../../protocol/stages.ts';

/**
 * How to start a run without a terminal: choose an id, make `runs/<id>/`, open `engine.log` in it for appending, and spawn
 * `node dnw.mjs` with `runArguments(...)`, detached, with standard input closed and standard output and error sent to that
 * file. After that, everything is in the folder: `run.json` once the engine has read the project, and a `finished` event in
 * `events.jsonl` even if it could not. The exit code is not needed.
 */
export interface RunRequest extends StageOptions {
  stage: Stage;
  /** Absolute path of the project folder. */
  project: string;
  /** The id of a new run (`newRunId`), or of an existing run to resume (`resume`). */
  runId: string;
  /** Continue from the run's checkpoint; everything but stage, project and id then comes from its `run.json`. */
  resume?: boolean;
  training?: string;
  /** Used instead of the config's device, also for a resumed run. */
  device?: string;
  threads?: number;
  /** Also write TensorBoard's event files; also for a resumed run. */
  tensorboard?: boolean;
}

/** An id such as `20261124-041530-fine-tune-snow`: it sorts by time (UTC) and says what the run does. */
export function newRunId(stage: Stage, name: string, time: Date): string {
  const [date, clock] = time.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  return `${date}-${clock}-${stage}-${name}`;
}

type Option = [flag: string, value: unknown];

/** The arguments of `dnw` for a run. */
export function runArguments(request: RunRequest): string[] {
  const { stage, project, runId, resume } = request;
  const always: Option[] = [
    ['--project', project],
    ['--device', request.device],
    ['--threads', request.threads],
    ['--tensorboard', request.tensorboard],
  ];
  const begun = (): Option[] => [
    ['--run-id', runId],
    ['--training', request.training],
    ...optionNames(stage).map((name): Option => [flagOf(name), request[name]]),
  ];
  const options = [...always, ...(resume ? [['--resume', runId] satisfies Option] : begun())];
  return [
    stage,
    ...options.flatMap(([flag, value]) => {
      if (value === undefined || value === false) return [];
      return [value === true ? flag : `${flag}=${value}`];
    }),
  ];
}
