import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { WeightStatistics } from '../../src/protocol/statistics.ts';
import { ColorLegend } from '../charts/color-legend.tsx';
import { HeatMap, type HeatRow } from '../charts/heat-map.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatNumber, formatSigned } from '../components/format.ts';
import { useTheme } from '../components/theme.ts';
import { Choice } from '../components/toolkit.tsx';
import { BlockHistogram } from './block-histogram.tsx';

const COLUMNS = 48;
/** Number of standard deviations at which the color scale ends. */
const Z_END = 3;

type Measure = 'z' | 'rms';

interface PlacedRow extends HeatRow {
  /** Index of the row's first block. */
  first: number;
}

/** Rows of blocks by layer; a layer of more than COLUMNS blocks continues in further rows without a name. */
function placeBlocks(layers: readonly string[], values: readonly number[]): PlacedRow[] {
  const rows: (PlacedRow & { values: number[] })[] = [];
  layers.forEach((layer, index) => {
    const row = rows.at(-1);
    const sameLayer = index > 0 && layers[index - 1] === layer;
    if (row && sameLayer && row.values.length < COLUMNS) row.values.push(values[index]!);
    else rows.push({ label: sameLayer ? '' : layer, first: index, values: [values[index]!] });
  });
  return rows;
}

/** Map of the blocks that the weight generator denoises, colored by how they differ from the zoo. */
export function BlockMap({ statistics }: { statistics: WeightStatistics }): JSX.Element {
  const theme = useTheme();
  const [measure, setMeasure] = useState<Measure>('z');
  const [chosen, setChosen] = useState<number>();
  const { blocks } = statistics;
  const scores = useMemo(
    () =>
      blocks.rms.map((value, index) =>
        blocks.zooStd[index]! > 0 ? (value - blocks.zooMean[index]!) / blocks.zooStd[index]! : Number.NaN,
      ),
    [blocks],
  );
  const values = measure === 'z' ? scores : blocks.rms;
  const rows = useMemo(() => placeBlocks(blocks.layer, values), [blocks, values]);
  const domain = useMemo<[number, number]>(
    () => (measure === 'z' ? [-Z_END, Z_END] : [0, Math.max(...blocks.rms)]),
    [measure, blocks],
  );
  const ramp = measure === 'z' ? theme.diverging : theme.sequential;
  const words = (index: number) => {
    const score = scores[index]!;
    const block = {
      index,
      layer: blocks.layer[index]!,
      rms: formatNumber(blocks.rms[index]!),
      mean: formatNumber(blocks.zooMean[index]!),
      deviation: formatNumber(blocks.zooStd[index]!),
      score: formatSigned(score),
    };
    return Number.isNaN(score)
      ? l10n.t(
          'Block {index}, {layer}: root mean square {rms}, zoo {mean} ± {deviation} (the zoo does not vary here)',
          block,
        )
      : l10n.t(
          'Block {index}, {layer}: root mean square {rms}, zoo {mean} ± {deviation} ({score} standard deviations)',
          block,
        );
  };
  return (
    <figure class="chart" aria-labelledby="block-map-title">
      <h3 id="block-map-title" class="chart-title">
        {l10n.t('Map of the blocks')}{' '}
        <span class="muted">{l10n.t('{0} of {1} weights each', blocks.layer.length, blocks.size)}</span>
      </h3>
      <div class="map-controls">
        <Choice
          label={l10n.t('Color shows')}
          value={measure}
          options={[
            { value: 'z', label: l10n.t('Standard deviations from the zoo’s mean') },
            { value: 'rms', label: l10n.t('Root mean square') },
          ]}
          onChange={(value) => setMeasure(value as Measure)}
        />
        <ColorLegend
          label={
            measure === 'z' ? l10n.t('Standard deviations (ends: 3 or more)') : l10n.t('Root mean square')
          }
          domain={domain}
          ramp={ramp}
          theme={theme}
        />
      </div>
      <HeatMap
        label={l10n.t('{0} blocks of {1} weights, by layer', blocks.layer.length, blocks.size)}
        rows={rows}
        columnTitle={l10n.t('Block within the layer')}
        domain={domain}
        ramp={ramp}
        theme={theme}
        hint={l10n.t(
          'Point at a block or use the arrow keys to read its values; click or press Enter to show its histogram.',
        )}
        onChoose={(row, column) => setChosen(rows[row]!.first + column)}
        describe={(row, column) => words(rows[row]!.first + column)}
      />
      <DataTable
        caption={l10n.t('Blocks')}
        columns={[
          l10n.t('Block'),
          l10n.t('Layer'),
          l10n.t('Root mean square'),
          l10n.t('Zoo mean'),
          l10n.t('Standard deviations from it'),
        ]}
        rows={() =>
          blocks.layer.map((layer, index) => [
            index,
            layer,
            formatNumber(blocks.rms[index]!),
            formatNumber(blocks.zooMean[index]!),
            Number.isNaN(scores[index]!) ? 'n/a' : formatSigned(scores[index]!),
          ])
        }
      />
      {chosen !== undefined && chosen < blocks.layer.length && (
        <BlockHistogram statistics={statistics} block={chosen} />
      )}
    </figure>
  );
}
