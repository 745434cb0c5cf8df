import type { Image } from '../../data/image-values.ts';
import { type Tile, type TileShape, tilesAlong } from './tiles.ts';

/** A picture that is read row by row, such as one that is too large for memory. */
export interface ImageRows {
  readonly width: number;
  readonly height: number;
  /** Rows `from` (inclusive) to `to` (exclusive), as an image. */
  read(from: number, to: number): Promise<Image>;
}

/** A network that translates images of any size. */
export interface Translator {
  /** The side that the network takes for a side of an image: a multiple of `stride`. */
  sideFor(side: number): number;
  readonly stride: number;
  translate(image: Image): Promise<Image>;
}

/** Takes the rows of a picture from top to bottom, some at a time. */
export type RowSink = (rows: Image) => Promise<void>;

/**
 * Translates a picture in overlapping tiles that pass into each other. Memory holds one row of tiles, whatever the height.
 * @param onTile called after each tile with the share that is done, from 0 to 1; false to stop
 * @returns false if it was stopped
 */
export async function translateTiled(
  generator: Translator,
  source: ImageRows,
  shape: Omit<TileShape, 'multiple'>,
  sink: RowSink,
  onTile: (done: number) => boolean | Promise<boolean> = () => true,
): Promise<boolean> {
  const { width, height } = source;
  const tiles = { ...shape, multiple: generator.stride };
  const rows = tilesAlong(generator.sideFor(height), tiles);
  const columns = tilesAlong(generator.sideFor(width), tiles);
  let band: Band = { start: 0, sums: new Float32Array(0) };
  for (const [r, row] of rows.entries()) {
    band = extended(band, row, width);
    const read = await source.read(Math.min(row.start, height - 1), Math.min(row.end, height));
    for (const [c, column] of columns.entries()) {
      const made = await generator.translate(cut(read, row, column));
      add(band, made, row, column, { width, height });
      if (!(await onTile((r * columns.length + c + 1) / (rows.length * columns.length)))) return false;
    }
    // Rows above the next tile are complete.
    const end = Math.min(rows[r + 1]?.start ?? height, height);
    const finished = band.sums.subarray(0, (end - band.start) * width * 3);
    if (end > band.start) await sink({ width, height: end - band.start, data: finished });
    band = { start: end, sums: band.sums.slice(finished.length) };
  }
  return true;
}

interface Band {
  /** First row. */
  readonly start: number;
  /** Weighted sums of the tiles so far, whole rows. */
  readonly sums: Float32Array;
}

function extended({ start, sums }: Band, row: Tile, width: number): Band {
  const longer = new Float32Array((row.end - start) * width * 3);
  longer.set(sums);
  return { start, sums: longer };
}

/** The part of a band in a tile; beyond the picture, its right and lower edges are repeated. */
function cut(read: Image, row: Tile, column: Tile): Image {
  const [width, height] = [column.end - column.start, row.end - row.start];
  const data = new Float32Array(width * height * 3);
  const inside = Math.min(width, read.width - column.start);
  for (let y = 0; y < height; y++) {
    const from = (Math.min(y, read.height - 1) * read.width + column.start) * 3;
    const to = y * width * 3;
    data.set(read.data.subarray(from, from + inside * 3), to);
    for (let x = inside; x < width; x++) data.copyWithin(to + x * 3, to + (inside - 1) * 3, to + inside * 3);
  }
  return { width, height, data };
}

function add(band: Band, made: Image, row: Tile, column: Tile, picture: { width: number; height: number }) {
  const [endX, endY] = [Math.min(column.end, picture.width), Math.min(row.end, picture.height)];
  for (let y = row.start; y < endY; y++) {
    const share = row.weights[y - row.start]!;
    if (share === 0) continue;
    let from = (y - row.start) * made.width * 3;
    let to = ((y - band.start) * picture.width + column.start) * 3;
    for (let x = column.start; x < endX; x++) {
      const weight = share * column.weights[x - column.start]!;
      for (let c = 0; c < 3; c++) band.sums[to++]! += weight * made.data[from++]!;
    }
  }
}
