import type { LoraPair } from '../../data/lora-pairs.ts';
import { matrixProduct, rowProducts } from '../../data/matrices.ts';
import { symmetricEigen, symmetricEigenvalues } from '../../data/symmetric-eigen.ts';
import { PIECE_VALUES, type TensorReader } from '../../data/tensor-reader.ts';
import type { LoraSpectrum } from '../../protocol/tensors.ts';

/** Largest rank for which a spectrum is computed: the time grows with the cube of the rank. */
const MAX_RANK = 1024;

/**
 * Singular values of up · down without forming the product: with the Gram matrices of both factors over the rank, D for
 * down and U for up, the squares of the singular values are the eigenvalues of U D, and so of the symmetric
 * sqrt(D) U sqrt(D), which is r x r. Values below about 1e-8 of the largest are rounding errors, as in any method that
 * squares the values.
 * @param onRead called with the number of values of each piece read
 * @throws UserError if the file ends before its tensors do
 */
export async function loraSpectrum(
  reader: TensorReader,
  pair: LoraPair,
  onRead: (values: number) => void = () => {},
): Promise<LoraSpectrum> {
  const { layer, down, up, rank } = pair;
  const scale = pair.alpha === undefined ? undefined : await readScalar(reader, pair.alpha);
  const about = { layer, down, up, rank, ...(Number.isFinite(scale) && { alpha: scale! }) };
  if (rank > MAX_RANK) return { ...about, problem: `rank ${rank} is over ${MAX_RANK}` };
  const downGram = await gramOverRank(reader, down, pair.downAxis, onRead);
  const upGram = await gramOverRank(reader, up, pair.upAxis, onRead);
  if (!(downGram.every(Number.isFinite) && upGram.every(Number.isFinite))) {
    return { ...about, problem: 'a factor holds NaN, infinities or values whose squares overflow' };
  }
  const values = productSingularValues(downGram, upGram, rank);
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    ...about,
    values,
    norm: Math.hypot(...values),
    ...(sum > 0 && { effectiveRank: Math.exp(entropy(values.map((value) => value / sum))) }),
  };
}

/** @returns singular values, largest first */
function productSingularValues(downGram: Float64Array, upGram: Float64Array, rank: number): number[] {
  const { values, vectors } = symmetricEigen(downGram, rank);
  // Row i of `rooted` is the i-th eigenvector times the root of its eigenvalue.
  const rooted = vectors.map((value, i) => value * Math.sqrt(Math.max(0, values[Math.floor(i / rank)]!)));
  const small = rowProducts(matrixProduct(rooted, upGram, rank), rank, rooted, rank, rank);
  return Array.from(symmetricEigenvalues(small, rank), (square) => Math.sqrt(Math.max(0, square))).sort(
    (a, b) => b - a,
  );
}

function entropy(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);
}

/**
 * Inner products of a factor's slices along one axis: flat [r, r]. The factor is treated as [outer, r, inner] and is
 * read in pieces of several outer rows, or, if a single row is too large, of several inner columns.
 */
async function gramOverRank(
  reader: TensorReader,
  name: string,
  axis: number,
  onRead: (values: number) => void,
): Promise<Float64Array> {
  const info = reader.tensor(name);
  const product = (sides: readonly number[]) => sides.reduce((total, side) => total * side, 1);
  const rank = info.shape[axis]!;
  const outer = product(info.shape.slice(0, axis));
  const inner = product(info.shape.slice(axis + 1));
  const gram = new Float64Array(rank * rank);
  const piece = new Float64Array(Math.min(outer * rank * inner, PIECE_VALUES));
  const rowSize = rank * inner;
  if (rowSize === 0 || outer === 0) return gram;
  if (rowSize <= PIECE_VALUES) {
    const rows = Math.floor(PIECE_VALUES / rowSize);
    for (let row = 0; row < outer; row += rows) {
      const values = piece.subarray(0, Math.min(rows, outer - row) * rowSize);
      await reader.read(info, row * rowSize, values);
      for (let at = 0; at < values.length; at += rowSize) addSlices(gram, values, at, rank, inner);
      onRead(values.length);
    }
  } else {
    const columns = Math.floor(PIECE_VALUES / rank);
    for (let row = 0; row < outer; row++) {
      for (let column = 0; column < inner; column += columns) {
        const width = Math.min(columns, inner - column);
        for (let slice = 0; slice < rank; slice++) {
          const values = piece.subarray(slice * width, (slice + 1) * width);
          await reader.read(info, (row * rank + slice) * inner + column, values);
        }
        addSlices(gram, piece, 0, rank, width);
        onRead(rank * width);
      }
    }
  }
  for (let i = 0; i < rank; i++) for (let j = 0; j < i; j++) gram[i * rank + j] = gram[j * rank + i]!;
  return gram;
}

/** Adds the inner products of `rank` consecutive slices of equal width to the upper triangle. */
function addSlices(gram: Float64Array, values: Float64Array, at: number, rank: number, width: number): void {
  if (width === 1) {
    // Half of all factors are of this kind: an inner loop with one iteration would cost more than its work.
    for (let i = 0; i < rank; i++) {
      const left = values[at + i]!;
      for (let j = i; j < rank; j++) gram[i * rank + j]! += left * values[at + j]!;
    }
    return;
  }
  for (let i = 0; i < rank; i++) {
    const left = at + i * width;
    for (let j = i; j < rank; j++) {
      const right = at + j * width;
      let sum = 0;
      for (let k = 0; k < width; k++) sum += values[left + k]! * values[right + k]!;
      gram[i * rank + j]! += sum;
    }
  }
}

async function readScalar(reader: TensorReader, name: string): Promise<number> {
  const value = new Float64Array(1);
  await reader.read(reader.tensor(name), 0, value);
  return value[0]!;
}
