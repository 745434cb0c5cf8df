import type { JSX } from 'preact';
import type { SavedComparison } from '../../src/protocol/comparison.ts';
import { compareView } from '../../src/protocol/webview.ts';
import { Button } from '../components/toolkit.tsx';
import { useSaving } from '../components/use-saving.tsx';
import type { ChartData } from './chart-data.ts';
import { csvTable } from './csv-table.ts';
import { pngPicture } from './png-picture.ts';
import { DRAWING_SIZE, svgDrawing } from './svg-drawing.ts';

type Format = 'svg' | 'png' | 'csv';

const TITLES: Record<Format, string> = {
  svg: 'the chart as a vector drawing, black on white',
  png: 'the chart as a picture, black on white',
  csv: 'every measured point with every metric as a table',
};

const bytes = (text: string) => new TextEncoder().encode(text);

/** The chart as it is set, and its numbers, as files. */
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
        {(Object.keys(TITLES) as Format[]).map((format) => (
          <Button
            key={format}
            label={`Save ${format.toUpperCase()}…: ${TITLES[format]}`}
            onClick={() => save(`as ${format.toUpperCase()}`, `${props.name}.${format}`, contents[format])}
          >
            {`Save ${format.toUpperCase()}…`}
          </Button>
        ))}
      </div>
      {outcome}
    </>
  );
}
