/** One axis of a drawing, independent of what draws it. */
export interface Axis {
  /** Values with a label, ascending. */
  readonly ticks: readonly number[];
  /** Position of a value along the axis: 0 at its start, 1 at its end. */
  place(value: number): number;
}

/** Minimum distance between two ticks, as a share of the axis. */
const TICK_DISTANCE = 0.07;

const NICE = [1, 2, 5, 10];

/** Integer multiples of a power of ten, without the rounding errors of repeated addition. */
function multiples(step: number, from: number, to: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function niceStep(span: number, count: number): number {
  const power = 10 ** Math.floor(Math.log10(span / count));
  return power * NICE.find((factor) => factor * power * count >= span * (1 - 1e-9))!;
}

/**
 * A linear axis.
 * @param whole whether to extend both ends to the next tick
 */
export function linearAxis(min: number, max: number, count: number, whole: boolean): Axis {
  const [from, to] = max > min ? [min, max] : [min - 0.5, min + 0.5];
  const step = niceStep(to - from, count);
  const low = whole ? Math.floor(from / step + 1e-9) * step : from;
  const high = whole ? Math.ceil(to / step - 1e-9) * step : to;
  return { ticks: multiples(step, low, high), place: (value) => (value - low) / (high - low) };
}

/** 1, 2 and 5 times every power of ten, from the last that is at most `min` to the first that is at least `max`. */
function decadeTicks(min: number, max: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const factor of [1, 2, 5]) ticks.push(Number(`${factor}e${power}`));
  }
  const first = ticks.findLastIndex((tick) => tick <= min);
  const last = ticks.findIndex((tick) => tick >= max);
  return ticks.slice(first, last + 1);
}

const isPowerOfTen = (tick: number) => tick.toExponential().startsWith('1e');

/** The ticks that have enough room between them; only 0 and powers of ten if there are more than three of those. */
function legible(ticks: readonly number[], place: Axis['place']): number[] {
  const powers = ticks.filter((tick) => tick === 0 || isPowerOfTen(tick));
  const kept: number[] = [];
  for (const tick of powers.length > 3 ? powers : ticks) {
    const before = kept.at(-1);
    if (before === undefined || place(tick) - place(before) >= TICK_DISTANCE) kept.push(tick);
  }
  return kept;
}

/** A logarithmic axis. Both ends must be above 0. */
export function logarithmicAxis(min: number, max: number): Axis {
  const ticks = decadeTicks(min, max > min ? max : min * 2);
  const low = Math.log10(ticks[0]!);
  const span = Math.log10(ticks.at(-1)!) - low;
  const place = (value: number) => (Math.log10(value) - low) / span;
  return { ticks: legible(ticks, place), place };
}

/**
 * A nearly logarithmic axis that includes 0: the inverse hyperbolic sine, linear below `threshold`.
 * @param threshold above 0
 */
export function logarithmicAxisFromZero(threshold: number, max: number): Axis {
  const whole = Math.asinh(Math.max(max, threshold) / threshold);
  const place = (value: number) => Math.asinh(value / threshold) / whole;
  const ticks = decadeTicks(threshold, Math.max(max, threshold)).filter(
    (tick) => tick >= threshold && tick <= max,
  );
  return { ticks: legible([0, ...ticks], place), place };
}
