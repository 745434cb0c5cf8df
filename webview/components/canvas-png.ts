import * as l10n from '@vscode/l10n';
/** The content of a canvas as the bytes of a PNG file. */
export async function canvasPng(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (blob === null) throw new Error(l10n.t('The browser could not create the PNG.'));
  return new Uint8Array(await blob.arrayBuffer());
}
