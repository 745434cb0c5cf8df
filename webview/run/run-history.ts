import type {
  CurvePoints,
  RunArtifact,
  RunHeader,
  RunLogLine,
  RunSample,
  RunUpdate,
} from '../../src/protocol/webview.ts';

/** Everything a run has said so far. Replaced, never changed, with every update. */
export interface RunHistory {
  header: RunHeader;
  curves: readonly CurvePoints[];
  samples: readonly RunSample[];
  log: readonly RunLogLine[];
  artifacts: readonly RunArtifact[];
}

function curveKey({ key, concept, series }: CurvePoints): string {
  return [key, concept ?? '', series ?? ''].join('\n');
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const whole = new Float64Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** The header replaces, the rest is appended; a curve is told by key, concept and series. */
export function append(history: RunHistory, update: RunUpdate): RunHistory {
  const curves = new Map(history.curves.map((curve) => [curveKey(curve), curve]));
  for (const points of update.curves) {
    const known = curves.get(curveKey(points));
    curves.set(
      curveKey(points),
      known
        ? {
            ...known,
            step: joined(known.step, points.step),
            seconds: joined(known.seconds, points.seconds),
            value: joined(known.value, points.value),
          }
        : points,
    );
  }
  return {
    header: update.header,
    curves: Array.from(curves.values()),
    samples: [...history.samples, ...update.samples],
    log: [...history.log, ...update.log],
    artifacts: [...history.artifacts, ...update.artifacts],
  };
}
