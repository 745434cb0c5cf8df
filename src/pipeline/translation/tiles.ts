/** Where the tiles of a large picture lie, and how they are blended. */

/** The tiles' extents along one axis, in pixels. */
export interface TileShape {
  /** Side of a tile. */
  readonly side: number;
  /** What of a tile is thrown away at a cut: there, the network does not see the surroundings that it would need. */
  readonly margin: number;
  /** Over how many pixels a tile passes into the next. */
  readonly blend: number;
  /** Tiles begin at multiples of it, so that strides fall on the same pixels in every tile. */
  readonly multiple: number;
}

/** A tile along one axis. */
export interface Tile {
  readonly start: number;
  readonly end: number;
  /** Share of this tile in each of its pixels: raised cosines, which sum to 1 over all tiles; 0 in the margins of cuts. */
  readonly weights: Float32Array;
}

/**
 * Tiles that cover an axis, as evenly as the multiple allows. An axis no longer than a tile has one.
 * @param length a multiple of `multiple`
 * @throws if the tiles would have no pixels of their own
 */
export function tilesAlong(length: number, { side, margin, blend, multiple }: TileShape): Tile[] {
  if (length <= side) return [{ start: 0, end: length, weights: new Float32Array(length).fill(1) }];
  const step = Math.floor((side - 2 * margin - blend) / multiple) * multiple;
  // Below, tiles may lie half a step apart, and two blends must not meet.
  if (step < 2 * blend || step <= 0) {
    throw new Error(`Tiles of ${side} pixels are too small for margins of ${margin} and blends of ${blend}.`);
  }
  const count = Math.ceil((length - side) / step) + 1;
  const starts = Array.from(
    { length: count },
    (_, i) => Math.round((i * (length - side)) / ((count - 1) * multiple)) * multiple,
  );
  return starts.map((start, i) => {
    const end = start + side;
    const weights = new Float32Array(side).fill(1);
    const [before, after] = [starts[i - 1], starts[i + 1]];
    for (let place = 0; place < side; place++) {
      const x = start + place;
      let weight = 1;
      if (before !== undefined) weight *= risen(x, (start + before + side) / 2, blend);
      if (after !== undefined) weight *= 1 - risen(x, (after + end) / 2, blend);
      weights[place] = weight;
    }
    return { start, end, weights };
  });
}

/** Raised cosine from 0 to 1 over `width` pixels around a place, at the center of pixel `x`. */
function risen(x: number, middle: number, width: number): number {
  const t = (x + 0.5 - middle) / width + 0.5;
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return 0.5 - 0.5 * Math.cos(Math.PI * t);
}
