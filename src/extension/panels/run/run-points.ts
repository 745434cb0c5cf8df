import type { MetricsEvent, RunEvent, SampleEvent } from '../../../protocol/events.ts';
import type { CurvePoints, RunArtifact, RunLogLine } from '../../../protocol/webview/run.ts';

/** What to draw for a range of a run's events; samples are still file paths. */
export interface RunPoints {
  curves: CurvePoints[];
  samples: SampleEvent[];
  log: RunLogLine[];
  artifacts: RunArtifact[];
}

interface GrowingCurve {
  key: string;
  concept?: string;
  series?: string;
  step: number[];
  seconds: number[];
  value: number[];
}

/** Groups events by what they draw, each group in the order of the run. */
export function runPoints(events: readonly RunEvent[]): RunPoints {
  const curves = new Map<string, GrowingCurve>();
  const points: RunPoints = { curves: [], samples: [], log: [], artifacts: [] };
  for (const event of events) {
    if (event.type === 'metrics') addMetrics(curves, event);
    else if (event.type === 'sample') points.samples.push(event);
    else if (event.type === 'log') {
      points.log.push({ time: event.time, level: event.level, message: event.message });
    } else if (event.type === 'artifact') {
      points.artifacts.push({ kind: event.kind, file: event.file, concept: event.concept });
    }
  }
  points.curves = packed([...curves.values()]);
  return points;
}

/**
 * All numbers share one buffer: VS Code counts the buffers of a message to a webview in one byte, and with more than
 * 255 of them the arrays arrive empty. Three for each curve of a whole zoo would exceed that.
 */
function packed(curves: readonly GrowingCurve[]): CurvePoints[] {
  const numbers = new Float64Array(3 * curves.reduce((sum, { step }) => sum + step.length, 0));
  let used = 0;
  const take = (values: readonly number[]): Float64Array => {
    const taken = numbers.subarray(used, used + values.length);
    taken.set(values);
    used += values.length;
    return taken;
  };
  return curves.map(({ step, seconds, value, ...curve }) => ({
    ...curve,
    step: take(step),
    seconds: take(seconds),
    value: take(value),
  }));
}

function addMetrics(curves: Map<string, GrowingCurve>, event: MetricsEvent): void {
  const { concept, series, step, seconds = Number.NaN } = event;
  for (const [key, number] of Object.entries(event.values)) {
    // JSON cannot represent numbers that are not finite and writes null.
    const value = typeof number === 'number' ? number : Number.NaN;
    const id = JSON.stringify([key, concept, series]);
    let curve = curves.get(id);
    if (curve === undefined) {
      curve = { key, concept, series, step: [], seconds: [], value: [] };
      curves.set(id, curve);
    }
    curve.step.push(step);
    curve.seconds.push(seconds);
    curve.value.push(value);
  }
}
