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

/** So many values of so many rows at a time: they then stay in the processor's caches. */
const [TILE, ROWS] = [1024, 32];

/** Inner products of all pairs of rows of equal length: [n, n]. */
export function innerProducts(rows: readonly Float64Array[]): Float64Array {
  const work = innerProductParts(rows);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same in parts of milliseconds each, as many as `innerProductPartCount` says: a step for each, and the result. */
export function* innerProductParts(rows: readonly Float64Array[]): Generator<undefined, Float64Array> {
  const count = rows.length;
  const width = rows[0]?.length ?? 0;
  const gram = new Float64Array(count * count);
  for (let from = 0; from < width; from += TILE) {
    const tiles = rows.map((row) => row.subarray(from, from + TILE));
    for (let top = 0; top < count; top += ROWS) {
      for (let left = 0; left <= top; left += ROWS) {
        for (let i = top; i < Math.min(top + ROWS, count); i++) {
          for (let j = left; j < Math.min(left + ROWS, i + 1); j++)
            gram[i * count + j]! += innerProduct(tiles[i]!, tiles[j]!);
        }
      }
      yield;
    }
  }
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) gram[j * count + i] = gram[i * count + j]!;
  return gram;
}

/** @param width length of the rows */
export function innerProductPartCount(count: number, width: number): number {
  return Math.ceil(width / TILE) * Math.ceil(count / ROWS);
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
