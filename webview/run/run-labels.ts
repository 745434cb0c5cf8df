import type { OverlaidRun, RunHeader } from '../../src/protocol/webview/run.ts';
import { formatShortMoment } from '../components/format.ts';

type Named = Pick<RunHeader | OverlaidRun, 'runId' | 'stage' | 'name' | 'created'>;

/**
 * What runs that are shown together are called, each differently and as shortly as that goes: by name; with the stage
 * where those differ; with the time they were begun, then with their id, where they would be alike.
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
