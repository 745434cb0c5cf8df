import type { TensorReader } from '../../data/tensor-reader.ts';
import type { TensorHistogram, TensorStatistics } from '../../protocol/tensors.ts';
import { MomentAccumulator } from './moments.ts';

/**
 * Statistics of one tensor, which is read piece by piece.
 * @param onRead called with the number of values of each piece
 * @throws UserError if there is no such tensor or the file ends before it does
 */
export async function tensorStatistics(
  reader: TensorReader,
  name: string,
  onRead: (values: number) => void = () => {},
): Promise<TensorStatistics> {
  const moments = new MomentAccumulator();
  for await (const piece of reader.pieces(reader.tensor(name))) {
    moments.add(piece);
    onRead(piece.length);
  }
  const { nan, inf, zeros, finite } = moments;
  return { name, nan, inf, zeros, ...(finite && { finite }) };
}

/**
 * Histogram of a tensor's finite values, with bars of equal width from minimum to maximum. Reads the tensor twice.
 * @param bins number of bars
 * @throws UserError as `tensorStatistics`
 */
export async function tensorHistogram(
  reader: TensorReader,
  name: string,
  bins: number,
): Promise<TensorHistogram> {
  const { finite } = await tensorStatistics(reader, name);
  if (finite === undefined) return { edges: [], counts: [] };
  // If all values are equal, span one unit around them.
  const spread = finite.max > finite.min;
  const [low, high] = spread ? [finite.min, finite.max] : [finite.min - 0.5, finite.min + 0.5];
  // Divided first, because the whole span may overflow a double.
  const width = high / bins - low / bins;
  const counts = new Array<number>(bins).fill(0);
  for await (const piece of reader.pieces(reader.tensor(name))) {
    for (let i = 0; i < piece.length; i++) {
      const value = piece[i]!;
      if (!Number.isFinite(value)) continue;
      const bar = spread ? Math.floor(value / width - low / width) : bins >> 1;
      counts[Math.max(0, Math.min(bins - 1, bar))]!++;
    }
  }
  const edges = Array.from({ length: bins + 1 }, (_, i) => low * (1 - i / bins) + high * (i / bins));
  return { edges, counts };
}
