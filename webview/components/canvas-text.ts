import { inertLine } from '../../src/protocol/inert-text.ts';

/** Draws a text on one line, with its direction marks as escapes. @param most largest width in pixels */
export function drawText(
  context: Pick<CanvasText, 'fillText'>,
  text: string,
  x: number,
  y: number,
  most: number,
): void {
  context.fillText(inertLine(text), x, y, most);
}
