import { PIECE_VALUES, type TensorReader } from '../../data/tensor-reader.ts';
import { valueCount } from '../../project/disk/safetensors-header.ts';
import type { TensorDifference, UnmatchedTensors } from '../../protocol/tensors.ts';

export interface ComparisonListener {
  /** Called after every piece that is read; counts values. */
  progress(done: number, total: number): void;
  difference(difference: TensorDifference): void;
}

/**
 * Compares every tensor that both files have in the same shape, in the order of the first file; dtypes may differ.
 * @throws UserError if a file ends before its tensors do
 */
export async function compareTensors(
  first: TensorReader,
  second: TensorReader,
  listener: ComparisonListener,
): Promise<UnmatchedTensors> {
  const [own, other] = [first.header.tensors, second.header.tensors];
  const shared = [...own.keys()].filter((name) => other.has(name));
  const alike = shared.filter((name) => equal(own.get(name)!.shape, other.get(name)!.shape));
  const total = alike.reduce((sum, name) => sum + valueCount(own.get(name)!.shape), 0);
  let done = 0;
  for (const name of alike) {
    const difference = await tensorDifference(first, second, name, (values) => {
      done += values;
      listener.progress(done, total);
    });
    listener.difference(difference);
  }
  const matched = new Set(alike);
  return {
    onlyFirst: [...own.keys()].filter((name) => !other.has(name)),
    onlySecond: [...other.keys()].filter((name) => !own.has(name)),
    mismatched: shared
      .filter((name) => !matched.has(name))
      .map((name) => ({ name, first: [...own.get(name)!.shape], second: [...other.get(name)!.shape] })),
  };
}

async function tensorDifference(
  first: TensorReader,
  second: TensorReader,
  name: string,
  onRead: (values: number) => void,
): Promise<TensorDifference> {
  const info = second.tensor(name);
  const beside = new Float64Array(Math.min(PIECE_VALUES, valueCount(info.shape)));
  const sums = new ProductSums();
  let at = 0;
  for await (const piece of first.pieces(first.tensor(name))) {
    const values = beside.subarray(0, piece.length);
    await second.read(info, at, values);
    sums.add(piece, values);
    at += piece.length;
    onRead(piece.length);
  }
  return { name, ...sums.difference };
}

/** Above this, every value is counted in units of 1 / TINY, so that no square overflows. */
const LARGE = 2 ** 500;
const TINY = 2 ** -560;

class ProductSums {
  #factor = 1;
  #apart = 0;
  #first = 0;
  #second = 0;
  #product = 0;
  #nonFinite = 0;

  add(first: Float64Array, second: Float64Array): void {
    if (this.#factor === 1 && [first, second].some((values) => values.some(isLarge))) this.#rescale();
    const factor = this.#factor;
    let [apart, ownSquares, otherSquares, product] = [0, 0, 0, 0];
    for (let i = 0; i < first.length; i++) {
      const a = first[i]! * factor;
      const b = second[i]! * factor;
      if (Number.isFinite(a) && Number.isFinite(b)) {
        apart += (b - a) * (b - a);
        ownSquares += a * a;
        otherSquares += b * b;
        product += a * b;
      } else this.#nonFinite++;
    }
    this.#apart += apart;
    this.#first += ownSquares;
    this.#second += otherSquares;
    this.#product += product;
  }

  get difference(): Omit<TensorDifference, 'name'> {
    const [own, other, apart] = [this.#first, this.#second, this.#apart].map(Math.sqrt) as [
      number,
      number,
      number,
    ];
    return {
      distance: Math.min(apart / this.#factor, Number.MAX_VALUE),
      ...(own > 0 && { relative: Math.min(apart / own, Number.MAX_VALUE) }),
      // Rounding may exceed the bounds.
      ...(own > 0 && other > 0 && { cosine: Math.max(-1, Math.min(1, this.#product / own / other)) }),
      nonFinite: this.#nonFinite,
    };
  }

  #rescale(): void {
    this.#factor = TINY;
    const squared = (sum: number) => sum * TINY * TINY;
    [this.#apart, this.#first, this.#second, this.#product] = [
      squared(this.#apart),
      squared(this.#first),
      squared(this.#second),
      squared(this.#product),
    ];
  }
}

function isLarge(value: number): boolean {
  return Math.abs(value) > LARGE && Number.isFinite(value);
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}
