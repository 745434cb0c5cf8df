/** Translates once, measures, and translates again what is finished: worker.mjs <project> <run folder> <options as JSON> */
import { NO_WORKERS } from '../../src/pipeline/stage.ts';
import { translate } from '../../src/pipeline/stages/translate.ts';
import { loadProject } from '../../src/project/load.ts';
import type { StageOptions } from '../../src/protocol/stages.ts';

export interface Measured {
  readonly seconds: number;
  readonly networkSeconds: number;
  /** Of the whole process. */
  readonly peakMebibytes: number;
  /** Seconds of the second run. */
  readonly again: number;
}

const [folder, run, options] = process.argv.slice(2) as [string, string, string];
const project = await loadProject(folder);
const translated = async () => {
  const begun = performance.now();
  const { result } = await translate({
    project,
    training: project.trainings[0]!,
    run: { folder: run, emit: () => {} },
    shouldStop: () => false,
    resume: false,
    options: JSON.parse(options) as StageOptions<'translate'>,
    startWorkers: () => NO_WORKERS,
  });
  return { seconds: (performance.now() - begun) / 1000, result };
};
const { seconds, result } = await translated();
const peakMebibytes = process.resourceUsage().maxRSS / 1024;
const { seconds: again, result: second } = await translated();
if (second.written !== 0) throw new Error('The second run translated again what was finished.');
const measured: Measured = { seconds, networkSeconds: result.networkSeconds as number, peakMebibytes, again };
process.stdout.write(JSON.stringify(measured));
