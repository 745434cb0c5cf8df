/** Products of small dense matrices, stored flat and row by row. */

/** The inner product of two vectors of equal length. */
export function innerProduct(a: Float64Array, b: Float64Array): number {
  // Four sums: an addition need not wait for the one before it.
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = 0;
  for (const whole = a.length - 3; i < whole; i += 4) {
    first += a[i]! * b[i]!;
    second += a[i + 1]! * b[i + 1]!;
    third += a[i + 2]! * b[i + 2]!;
    fourth += a[i + 3]! * b[i + 3]!;
  }
  for (; i < a.length; i++) first += a[i]! * b[i]!;
  return first + second + (third + fourth);
}

/** Inner products of all pairs of rows of equal length: [n, n]. */
export function innerProducts(rows: readonly Float64Array[]): Float64Array {
  const count = rows.length;
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = innerProduct(rows[i]!, rows[j]!);
      gram[i * count + j] = sum;
      gram[j * count + i] = sum;
    }
  }
  return gram;
}

/** Inner products of each row of a [rowsA, width] with each of b [rowsB, width]: [rowsA, rowsB]. */
export function rowProducts(
  a: Float64Array,
  rowsA: number,
  b: Float64Array,
  rowsB: number,
  width: number,
): Float64Array {
  const out = new Float64Array(rowsA * rowsB);
  for (let i = 0; i < rowsA; i++) {
    for (let j = 0; j < rowsB; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += a[i * width + k]! * b[j * width + k]!;
      out[i * rowsB + j] = sum;
    }
  }
  return out;
}

/** The product of a and b, both [n, n]. */
export function matrixProduct(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const value = a[i * n + k]!;
      for (let j = 0; j < n; j++) out[i * n + j]! += value * b[k * n + j]!;
    }
  }
  return out;
}
