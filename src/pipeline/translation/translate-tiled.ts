import type { Image, ImageArea } from '../../data/image-values.ts';
import { type Tile, type TileShape, tilesAlong } from './tiles.ts';

/** A picture that is read row by row, such as one that is too large for memory. */
export interface ImageRows {
  readonly width: number;
  readonly height: number;
  /** Rows `from` (inclusive) to `to` (exclusive), as an image. */
  read(from: number, to: number): Promise<Image>;
}

/** A picture of which any part can be read. */
export interface ImageParts {
  readonly width: number;
  readonly height: number;
  window(area: ImageArea): Promise<Image>;
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
  let band: Band = { top: 0, left: 0, width, height: 0, data: new Float32Array(0) };
  for (const [r, row] of rows.entries()) {
    band = extended(band, row.end);
    const read = await source.read(...extentOf(row, height));
    for (const [c, column] of columns.entries()) {
      add(band, await generator.translate(cut(read, row, column)), row, column);
      if (!(await onTile((r * columns.length + c + 1) / (rows.length * columns.length)))) return false;
    }
    // Rows above the next tile are complete.
    const end = Math.min(rows[r + 1]?.start ?? height, height);
    const finished = band.data.subarray(0, (end - band.top) * width * 3);
    if (end > band.top) await sink({ width, height: end - band.top, data: finished });
    band = {
      ...band,
      top: end,
      height: band.top + band.height - end,
      data: band.data.slice(finished.length),
    };
  }
  return true;
}

/**
 * Translates a part of a picture: its pixels are those that `translateTiled` makes of the whole. Only the tiles that the part
 * lies in go through the network.
 * @param onTile called after each tile; false to stop
 * @returns undefined if it was stopped
 */
export async function translateArea(
  generator: Translator,
  source: ImageParts,
  shape: Omit<TileShape, 'multiple'>,
  area: ImageArea,
  onTile: () => boolean | Promise<boolean> = () => true,
): Promise<Image | undefined> {
  const tiles = { ...shape, multiple: generator.stride };
  const within = (length: number, from: number, extent: number) =>
    tilesAlong(generator.sideFor(length), tiles).filter(
      ({ start, end }) => start < from + extent && end > from,
    );
  const rows = within(source.height, area.top, area.height);
  const columns = within(source.width, area.left, area.width);
  const [left, right] = [columns[0]!.start, Math.min(columns.at(-1)!.end, source.width)];
  const band: Band = { ...area, data: new Float32Array(area.width * area.height * 3) };
  for (const row of rows) {
    const [top, end] = extentOf(row, source.height);
    const read = await source.window({ left, top, width: right - left, height: end - top });
    for (const column of columns) {
      const start = column.start - left;
      const tile = cut(read, row, { ...column, start, end: column.end - left });
      add(band, await generator.translate(tile), row, column);
      if (!(await onTile())) return undefined;
    }
  }
  return { width: area.width, height: area.height, data: band.data };
}

/** First and last (exclusive) place of a tile that are in the picture, or its last one. */
const extentOf = ({ start, end }: Tile, length: number) =>
  [Math.min(start, length - 1), Math.min(end, length)] as const;

/** A part of the result: weighted sums of the tiles so far. */
interface Band extends ImageArea {
  readonly data: Float32Array;
}

function extended(band: Band, end: number): Band {
  const height = end - band.top;
  const data = new Float32Array(height * band.width * 3);
  data.set(band.data);
  return { ...band, height, data };
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

function add(band: Band, made: Image, row: Tile, column: Tile) {
  const [fromY, endY] = [Math.max(row.start, band.top), Math.min(row.end, band.top + band.height)];
  const [fromX, endX] = [Math.max(column.start, band.left), Math.min(column.end, band.left + band.width)];
  for (let y = fromY; y < endY; y++) {
    const share = row.weights[y - row.start]!;
    if (share === 0) continue;
    let from = ((y - row.start) * made.width + fromX - column.start) * 3;
    let to = ((y - band.top) * band.width + fromX - band.left) * 3;
    for (let x = fromX; x < endX; x++) {
      const weight = share * column.weights[x - column.start]!;
      for (let c = 0; c < 3; c++) band.data[to++]! += weight * made.data[from++]!;
    }
  }
}
