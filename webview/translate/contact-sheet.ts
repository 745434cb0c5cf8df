import * as l10n from '@vscode/l10n';
import { canvasPng } from '../components/canvas-png.ts';
import { drawText } from '../components/canvas-text.ts';
import { wholeScale } from '../components/whole-scale.ts';
import { decibels, type PictureColumn } from './picture-table.tsx';

const MARGIN = 16;
const GAP = 8;
const LINE = 20;

interface Layout {
  /** Side of the largest image in pixels, once enlarged. */
  side: number;
  scale: number;
  width: number;
  height: number;
  /** Top edge of a row's name. */
  top(row: number): number;
  left(column: number): number;
}

function layoutOf(columns: readonly PictureColumn[], rows: number): Layout {
  const sides = columns.flatMap(({ cells }) =>
    cells.flatMap(({ picture }) => (picture ? [picture.pixels.width, picture.pixels.height] : [])),
  );
  const largest = Math.max(...sides, 1);
  const scale = wholeScale(largest);
  const side = largest * scale;
  const head = MARGIN + 2 * LINE;
  const row = LINE + side + LINE + GAP;
  return {
    side,
    scale,
    width: 2 * MARGIN + columns.length * side + (columns.length - 1) * GAP,
    height: head + rows * row + MARGIN,
    top: (index) => head + index * row,
    left: (index) => MARGIN + index * (side + GAP),
  };
}

/**
 * The table of translations as one PNG, black on white: a row for each image under its name, a column for each stage
 * under its title, and the PSNR below each translation. Pixels are not smoothed.
 * @param heading title of the sheet
 * @param names names of the images, one per row
 */
export async function contactSheet(
  heading: string,
  names: readonly string[],
  columns: readonly PictureColumn[],
): Promise<Uint8Array> {
  const layout = layoutOf(columns, names.length);
  const canvas = document.createElement('canvas');
  canvas.width = layout.width;
  canvas.height = layout.height;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.fillStyle = 'white';
  context.fillRect(0, 0, layout.width, layout.height);
  context.fillStyle = 'black';
  context.textBaseline = 'top';
  const write = (text: string, x: number, y: number, style = '', width = layout.side) => {
    context.font = `${style} 13px sans-serif`;
    drawText(context, text, x, y, width);
  };
  write(heading, MARGIN, MARGIN, 'bold', layout.width - 2 * MARGIN);
  columns.forEach(({ title }, column) => {
    write(title, layout.left(column), MARGIN + LINE, 'bold');
  });
  for (const [row, name] of names.entries()) {
    const top = layout.top(row);
    write(name, MARGIN, top, '', layout.width - 2 * MARGIN);
    for (const [column, { cells }] of columns.entries()) {
      const { picture, quality, absent } = cells[row]!;
      const left = layout.left(column);
      if (picture) {
        const { bitmap } = picture;
        context.drawImage(
          bitmap,
          left,
          top + LINE,
          bitmap.width * layout.scale,
          bitmap.height * layout.scale,
        );
      } else {
        write(absent ?? l10n.t('failed'), left, top + LINE);
      }
      if (quality) write(decibels(quality.psnr), left, top + LINE + layout.side + 2);
    }
  }
  return canvasPng(canvas);
}
