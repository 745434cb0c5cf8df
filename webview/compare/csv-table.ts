import type { SavedComparison } from '../../src/protocol/comparison.ts';

/**
 * A cell, quoted if it would otherwise break its row (RFC 4180). Spreadsheets evaluate a text that begins like
 * a formula, unless an apostrophe precedes it.
 */
function cell(value: string | number | null | undefined): string {
  const formula = typeof value === 'string' && /^[=+\-@\t\r]/.test(value);
  const text = `${formula ? "'" : ''}${value ?? ''}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Every measured point with every metric, one per line, with the columns of the run folder's `comparison.csv`. */
export function csvTable({ concept, curves }: SavedComparison): string {
  const withDistances = curves.some(({ distances }) => distances);
  const head = ['concept', 'method', 'steps', 'seconds', 'psnr', 'ssim', 'l1', 'patchFd'];
  if (withDistances) head.push('fid', 'kid');
  const rows = curves.flatMap(({ method, points, distances }) =>
    points.map(({ steps, seconds, psnr, ssim, l1, patchFd }, index) => {
      const row = [concept, method, steps, seconds.toFixed(3), psnr, ssim, l1, patchFd];
      if (!withDistances) return row;
      const ends = index === 0 ? distances?.start : index === points.length - 1 ? distances?.end : undefined;
      return [...row, ends?.fid, ends?.kid];
    }),
  );
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}
