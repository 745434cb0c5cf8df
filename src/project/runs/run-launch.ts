import { flagOf, optionNames, type Stage, type StageOptions } from '../../protocol/stages.ts';

/**
 * How anything but a terminal starts a run: choose an id, make `runs/<id>/`, open `engine.log` in it for
 * appending, and spawn `node dnw.mjs` with `runArguments(...)`, detached, standard input closed, standard
 * output and error to that file. From then on the folder tells everything: `run.json` once the engine has
 * read the project, a `finished` event in `events.jsonl` even where it could not, exit code in neither case needed.
 */
export interface RunRequest extends StageOptions {
  stage: Stage;
  /** Absolute path of the project folder. */
  project: string;
  /** Chosen with `newRunId`; of an existing run to go on with it (`resume`). */
  runId: string;
  /** Go on from the run's checkpoint; everything but stage, project and id then comes from its `run.json`. */
  resume?: boolean;
  training?: string;
  /** Instead of the config's; also for a resumed run. */
  device?: string;
  threads?: number;
  /** Also write TensorBoard's event files; also for a resumed run. */
  tensorboard?: boolean;
}

/** `20261124-041530-fine-tune-snow`: sorts by time, in UTC, and says what it is. */
export function newRunId(stage: Stage, name: string, time: Date): string {
  const [date, clock] = time.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  return `${date}-${clock}-${stage}-${name}`;
}

type Option = [flag: string, value: unknown];

/** Arguments of `dnw` for a run. */
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
