/**
 * Exponential moving average without the pull towards zero of its first values (Kingma & Ba 2015,
 * section 3): `weight` 0 leaves the values, values near 1 smooth most. NaN stays NaN and is not counted.
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
