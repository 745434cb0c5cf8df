/**
 * Exponential moving average, corrected for the bias of its first values toward zero (Kingma & Ba 2015, section 3). A
 * `weight` of 0 leaves the values as they are; near 1 it smooths most. NaN stays NaN and does not count.
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  if (weight === 0) return values;
  const out = new Float64Array(values.length);
  let average = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      out[i] = Number.NaN;
      continue;
    }
    average = weight * average + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    out[i] = average / mass;
  }
  return out;
}
