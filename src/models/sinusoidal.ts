/**
 * Sinusoidal embedding (Vaswani et al. 2017, section 3.5): cosines, then sines, at geometric frequencies from
 * 1 down to 1 / maxPeriod. An odd `width` ends with a 0.
 */
function sinusoidal(position: number, width: number, maxPeriod = 10000): Float32Array {
  const embedding = new Float32Array(width);
  const half = Math.floor(width / 2);
  for (const [i, frequency] of frequencies(half, maxPeriod).entries()) {
    embedding[i] = Math.cos(position * frequency);
    embedding[half + i] = Math.sin(position * frequency);
  }
  return embedding;
}

/** The frequencies of `sinusoidal`, from 1 down. */
export function frequencies(count: number, maxPeriod = 10000): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.exp((-Math.log(maxPeriod) * i) / count));
}

/** Embeddings of a grid's cells, row by row: the first half of the width encodes the row, the second half the column. */
export function sinusoidalGrid(rows: number, columns: number, width: number): Float32Array {
  const grid = new Float32Array(rows * columns * width);
  const half = Math.floor(width / 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const start = (row * columns + column) * width;
      grid.set(sinusoidal(row, half), start);
      grid.set(sinusoidal(column, width - half), start + half);
    }
  }
  return grid;
}
