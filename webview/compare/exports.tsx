import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { SavedComparison } from '../../src/protocol/comparison.ts';
import { compareView } from '../../src/protocol/webview/compare.ts';
import { Button } from '../components/toolkit.tsx';
import { useSaving } from '../components/use-saving.tsx';
import type { ChartData } from './chart-data.ts';
import { csvTable } from './csv-table.ts';
import { pngPicture } from './png-picture.ts';
import { DRAWING_SIZE, svgDrawing } from './svg-drawing.ts';

type Format = 'svg' | 'png' | 'csv';

const FORMATS: readonly Format[] = ['svg', 'png', 'csv'];

function titleOf(format: Format): string {
  const titles: Record<Format, string> = {
    svg: l10n.t('Save SVG…: the chart as a vector graphic, black on white'),
    png: l10n.t('Save PNG…: the chart as an image, black on white'),
    csv: l10n.t('Save CSV…: every measured point with every metric as a table'),
  };
  return titles[format];
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Buttons that save the chart as currently set, and its numbers. */
export function Exports(props: { comparison: SavedComparison; data: ChartData; name: string }): JSX.Element {
  const { comparison, data } = props;
  const { save, outcome } = useSaving(compareView.save);
  const contents: Record<Format, () => Uint8Array | Promise<Uint8Array>> = {
    svg: () => bytes(svgDrawing(data)),
    png: () => pngPicture(svgDrawing(data), DRAWING_SIZE),
    csv: () => bytes(csvTable(comparison)),
  };
  return (
    <>
      <div class="controls">
        {FORMATS.map((format) => (
          <Button
            key={format}
            label={titleOf(format)}
            onClick={() =>
              save(l10n.t('Saved as {0}.', format.toUpperCase()), `${props.name}.${format}`, contents[format])
            }
          >
            {l10n.t('Save {0}…', format.toUpperCase())}
          </Button>
        ))}
      </div>
      {outcome}
    </>
  );
}
