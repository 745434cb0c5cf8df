import type { OverlaidRun, RunHeader } from '../../src/protocol/webview/run.ts';
import { formatShortMoment } from '../components/format.ts';

type Named = Pick<RunHeader | OverlaidRun, 'runId' | 'stage' | 'name' | 'created'>;

/**
 * A distinct label for each of the runs shown together, as short as possible: the name; with the stage if the stages
 * differ; with the start time, and then the id, if labels would still be equal.
 */
export function runLabels(runs: readonly Named[]): string[] {
  const oneStage = runs.every(({ stage }) => stage === runs[0]?.stage);
  const plain = ({ stage, name }: Named) => (oneStage || name === stage ? name : `${stage} ${name}`);
  const timed = (run: Named) => `${plain(run)}, ${formatShortMoment(run.created)}`;
  const exactly = (run: Named) => `${timed(run)}, ${run.runId}`;
  const unique = (label: (run: Named) => string, run: Named) =>
    runs.filter((other) => label(other) === label(run)).length === 1;
  return runs.map((run) => [plain, timed].find((label) => unique(label, run))?.(run) ?? exactly(run));
}
