import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { formatDuration } from '../components/format.ts';
import { PixelCanvas } from '../components/pixel-canvas.tsx';
import { plural } from '../components/plural.ts';
import { ProgressRing } from '../components/toolkit.tsx';
import { useWidth } from '../components/use-width.ts';
import { fittingScale } from './looking.ts';
import type { SelectedImage } from './selection.ts';
import type { Picture, PictureQuality } from './shown-translation.ts';

/** One image of a row, or the reason why there is none. */
export interface PictureCell {
  picture?: Picture;
  quality?: PictureQuality;
  seconds?: number;
  stale: boolean;
  /** Whether it is at the size of training although full resolution was asked for. */
  isPreview?: boolean;
  error?: string;
  /** Why the cell will stay empty. */
  absent?: string;
}

export interface PictureColumn {
  title: string;
  /** Second line of the column header. */
  note: string;
  cells: readonly PictureCell[];
}

const GAP = 8;
/** Side of the placeholder for an image that has not arrived yet, in pixels. */
const PLACEHOLDER = 64;

/** PSNR in words; it is infinite for equal images. */
export function decibels(psnr: number): string {
  return Number.isFinite(psnr) ? l10n.t('PSNR {0} dB', psnr.toFixed(1)) : l10n.t('identical');
}

function similarity(ssim: number): string {
  return l10n.t('SSIM {0}', ssim.toFixed(3));
}

/** @param props.side of the square that the image is fitted into, in pixels */
function Cell(props: { cell: PictureCell; label: string; side: number }): JSX.Element {
  const { cell, side } = props;
  const pixels = cell.picture?.pixels;
  const scale = pixels ? fittingScale(side, Math.max(pixels.width, pixels.height)) : 1;
  const missing = Math.min(side, PLACEHOLDER);
  const box = { width: `${missing}px`, height: `${missing}px` };
  return (
    <div class={cell.stale ? 'picture-cell stale' : 'picture-cell'}>
      {pixels && <PixelCanvas pixels={pixels} scale={scale} label={props.label} />}
      {!pixels && (
        <div class="picture-missing" style={box}>
          {cell.error !== undefined ? '✕' : (cell.absent ?? <ProgressRing />)}
        </div>
      )}
      {cell.isPreview && <div class="picture-caption muted">{l10n.t('preview, size of training')}</div>}
      {cell.quality && <div class="picture-caption">{decibels(cell.quality.psnr)}</div>}
      {cell.quality && <div class="picture-caption muted">{similarity(cell.quality.ssim)}</div>}
      {cell.seconds !== undefined && (
        <div class="picture-caption muted">
          {cell.stale ? l10n.t('outdated') : formatDuration(cell.seconds)}
        </div>
      )}
    </div>
  );
}

/** Mean over the images that have a target; undefined if none has one. */
function meanQuality(cells: readonly PictureCell[]): { quality: PictureQuality; count: number } | undefined {
  const measured = cells.flatMap(({ quality }) => (quality ? [quality] : []));
  if (measured.length === 0) return undefined;
  const mean = (of: (quality: PictureQuality) => number) =>
    measured.reduce((sum, quality) => sum + of(quality), 0) / measured.length;
  return {
    quality: { psnr: mean(({ psnr }) => psnr), ssim: mean(({ ssim }) => ssim) },
    count: measured.length,
  };
}

/** A table with a row for each image and a column for each stage of its translation. */
export function PictureTable(props: {
  images: readonly SelectedImage[];
  columns: readonly PictureColumn[];
  /** Key of the image shown in the slider. */
  compared: string | undefined;
  onCompare: (key: string) => void;
}): JSX.Element {
  const { images, columns } = props;
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const side = Math.max(32, Math.floor(width / columns.length) - GAP);
  const means = columns.map(({ cells }) => meanQuality(cells));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section class="picture-scroll" ref={holder} tabIndex={0} aria-label={l10n.t('Translations, scrollable')}>
      <table class="picture-table">
        <caption class="muted">
          {l10n.t(
            'Held-out images were not used in training. PSNR and SSIM compare with the target at the size that the network sees; the time is the generator’s.',
          )}
        </caption>
        <thead>
          <tr>
            {columns.map(({ title, note }) => (
              <th key={title} scope="col">
                {title}
                <span class="column-note">{note}</span>
              </th>
            ))}
          </tr>
        </thead>
        {images.map((image, row) => (
          <tbody key={image.key} class={image.key === props.compared ? 'compared' : undefined}>
            <tr>
              <th scope="rowgroup" colSpan={columns.length}>
                <button
                  class="row-name"
                  type="button"
                  aria-pressed={image.key === props.compared}
                  aria-label={l10n.t('Compare {0} in the slider', image.name)}
                  onClick={() => props.onCompare(image.key)}
                >
                  {image.name}
                </button>
              </th>
            </tr>
            <tr>
              {columns.map(({ title, cells }) => (
                <td key={title}>
                  <Cell cell={cells[row]!} side={side} label={`${image.name}, ${title}`} />
                </td>
              ))}
            </tr>
          </tbody>
        ))}
        {means.some((mean) => mean !== undefined) && (
          <tfoot>
            <tr>
              {means.map((mean, index) => (
                <td key={columns[index]!.title}>
                  {mean && (
                    <>
                      <strong>{decibels(mean.quality.psnr)}</strong>
                      <span class="column-note">{similarity(mean.quality.ssim)}</span>
                      <span class="column-note">
                        {plural(
                          mean.count,
                          l10n.t('mean of {0} image', mean.count),
                          l10n.t('mean of {0} images', mean.count),
                        )}
                      </span>
                    </>
                  )}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}
