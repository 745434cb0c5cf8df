import type {
  CurvePoints,
  DamagedLines,
  OverlaidRun,
  RunArtifact,
  RunHeader,
  RunLogLine,
  RunSample,
  RunUpdate,
} from '../../src/protocol/webview/run.ts';
import { grown } from './growing.ts';

/** Everything a run has reported so far. Every update replaces it; it is never mutated. */
export interface RunHistory {
  header: RunHeader;
  curves: readonly CurvePoints[];
  samples: readonly RunSample[];
  log: readonly RunLogLine[];
  artifacts: readonly RunArtifact[];
  damaged?: DamagedLines;
  /** The overlaid runs, each with all its curves. */
  overlays: readonly OverlaidRun[];
}

function curveKey({ key, concept, series }: CurvePoints): string {
  return [key, concept ?? '', series ?? ''].join('\n');
}

/** Appends points to known curves; a curve is identified by key, concept and series. */
function lengthened(known: readonly CurvePoints[], more: readonly CurvePoints[]): readonly CurvePoints[] {
  if (more.length === 0) return known;
  const curves = new Map(known.map((curve) => [curveKey(curve), curve]));
  for (const points of more) {
    const before = curves.get(curveKey(points));
    curves.set(
      curveKey(points),
      before
        ? {
            ...before,
            step: grown(before.step, points.step),
            seconds: grown(before.seconds, points.seconds),
            value: grown(before.value, points.value),
          }
        : points,
    );
  }
  return Array.from(curves.values());
}

/** The new list of overlaid runs; the same list if nothing in it changed, so that nothing is redrawn. */
function overlaysAfter(known: readonly OverlaidRun[], next: readonly OverlaidRun[]): readonly OverlaidRun[] {
  const overlays = next.map((run) => {
    const before = known.find(({ project, runId }) => project === run.project && runId === run.runId);
    if (run.whole || before === undefined) return run;
    if (run.curves.length === 0 && run.state === before.state) return before;
    return { ...before, state: run.state, curves: [...lengthened(before.curves, run.curves)] };
  });
  const same = overlays.length === known.length && overlays.every((run, place) => run === known[place]);
  return same ? known : overlays;
}

/** Appends an update to a history; header, damage and the list of overlaid runs are replaced. */
export function append(history: RunHistory, update: RunUpdate): RunHistory {
  return {
    header: update.header,
    curves: lengthened(history.curves, update.curves),
    samples: update.samples.length === 0 ? history.samples : [...history.samples, ...update.samples],
    log: update.log.length === 0 ? history.log : [...history.log, ...update.log],
    artifacts: [...history.artifacts, ...update.artifacts],
    ...(update.damaged && { damaged: update.damaged }),
    overlays: overlaysAfter(history.overlays, update.overlays),
  };
}
