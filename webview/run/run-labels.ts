import type { OverlaidRun, RunHeader } from '../../src/protocol/webview.ts';
import { formatClock, formatMoment } from '../components/format.ts';

type Named = Pick<RunHeader | OverlaidRun, 'stage' | 'name' | 'created'>;

function plain({ stage, name }: Named): string {
  return name === stage ? stage : `${stage} ${name}`;
}

/** What runs that are shown together are called: stage and name, with the time they were begun where those are alike. */
export function runLabels(runs: readonly Named[]): string[] {
  const moments = runs.map((run) => ({ run, label: plain(run), at: formatMoment(run.created) }));
  return moments.map(({ run, label, at }, index) => {
    const alike = moments.filter((other, place) => place !== index && other.label === label);
    if (alike.length === 0) return label;
    if (alike.every((other) => other.at !== at)) return `${label} (${at})`;
    return `${label} (${at.split(',')[0]}, ${formatClock(run.created)})`;
  });
}
