import type { Method, SavedComparison } from '../../src/protocol/comparison.ts';
import { isAsGood, type Metric, pointsOf } from './metrics.ts';

export interface Moment {
  steps: number;
  seconds: number;
}

export interface Goal extends Moment {
  /** The reference's final value. The goal's own moment is the first one that is as good. */
  value: number;
  /** The reference's whole training. */
  whole: Moment;
}

/** How soon one start reaches the goal. */
export interface EqualityRow {
  method: Method;
  /** Quality before training and at its end; undefined if not finite. */
  start: number | undefined;
  end: number | undefined;
  /** The start's whole training. */
  whole: Moment;
  /** The first measured point that is as good as the goal; undefined if there is none. */
  reached: Moment | undefined;
  /** The goal's seconds and steps divided by these: above 1 means sooner. Infinite if the start itself is as good. */
  timeFactor: number | undefined;
  stepFactor: number | undefined;
}

/**
 * Time of every start to the final quality of a reference; undefined if the reference was not measured or its final
 * value is not finite.
 */
export function timeToEqual(
  { curves }: SavedComparison,
  metric: Metric,
  reference: Method,
): { goal: Goal; rows: EqualityRow[] } | undefined {
  const measured = curves.map((curve) => ({ curve, points: pointsOf(curve, metric) }));
  const referred = measured.find(({ curve }) => curve.method === reference);
  const last = referred?.curve.points.at(-1);
  const end = referred?.points.at(-1);
  if (referred === undefined || last === undefined || end === undefined || end.steps !== last.steps) {
    return undefined;
  }
  const firstAsGood = ({ points }: (typeof measured)[number]): Moment | undefined =>
    points.find(({ value }) => isAsGood(metric, value, end.value));
  const { steps, seconds } = firstAsGood(referred)!;
  const goal = { value: end.value, steps, seconds, whole: last };
  const rows = measured.map((one): EqualityRow => {
    const { method, points } = one.curve;
    const reached = firstAsGood(one);
    const valueAt = (step: number) => one.points.find((point) => point.steps === step)?.value;
    return {
      method,
      start: valueAt(points[0]!.steps),
      end: valueAt(points.at(-1)!.steps),
      whole: points.at(-1)!,
      reached: reached && { steps: reached.steps, seconds: reached.seconds },
      timeFactor: reached && factor(seconds, reached.seconds),
      stepFactor: reached && factor(steps, reached.steps),
    };
  });
  return { goal, rows };
}

function factor(goal: number, own: number): number {
  return goal === own ? 1 : goal / own;
}
