import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import type { LoraSpectrum } from '../../src/protocol/tensors.ts';
import { ColorLegend } from '../charts/color-legend.tsx';
import { HeatMap } from '../charts/heat-map.tsx';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatCount, formatNumber } from '../components/format.ts';
import { type Column, SortableTable, type SortOrder, sortRows } from '../components/sortable-table.tsx';
import { useTheme } from '../components/theme.ts';

/** Maximum rows of the map: as many as can be viewed at once. */
const MAP_ROWS = 40;
const DOMAIN = [0, 1] as const;

const number = (
  key: string,
  title: string,
  value: (spectrum: LoraSpectrum) => number | undefined,
): Column<LoraSpectrum> => ({
  key,
  title,
  number: true,
  value,
  show: (spectrum) => {
    const found = value(spectrum);
    return found === undefined ? '–' : formatNumber(found);
  },
});

const columnsOfProducts = (): readonly Column<LoraSpectrum>[] => [
  { key: 'layer', title: l10n.t('Layer'), value: ({ layer }) => layer },
  number('rank', l10n.t('Rank'), ({ rank }) => rank),
  number('alpha', l10n.t('Alpha'), ({ alpha }) => alpha),
  number('largest', l10n.t('Largest singular value'), ({ values }) => values?.[0]),
  number('norm', l10n.t('Norm of the product'), ({ norm }) => norm),
  number('effective', l10n.t('Effective rank'), ({ effectiveRank }) => effectiveRank),
  { key: 'problem', title: l10n.t('Note'), value: ({ problem }) => problem },
];

/** What a LoRA adds to each layer, the product of its two factors, described by its singular values. */
export function LoraProducts(props: {
  spectra: readonly LoraSpectrum[];
  selected: string | undefined;
  onSelect: (down: string) => void;
  order: SortOrder | undefined;
  onOrder: (order: SortOrder) => void;
}): JSX.Element {
  const { spectra, ...table } = props;
  const columns = useMemo(columnsOfProducts, []);
  const chosen = spectra.find(({ down }) => down === props.selected);
  return (
    <section aria-labelledby="products-title">
      <h2 id="products-title">
        {l10n.t('LoRA products')}{' '}
        <span class="muted">{l10n.t('{0} pairs of factors', formatCount(spectra.length))}</span>
      </h2>
      <SortableTable
        caption={l10n.t('LoRA products')}
        columns={columns}
        rows={spectra}
        keyOf={({ down }) => down}
        {...table}
      />
      <p class="muted">
        {l10n.t(
          'Statistics of up · down, without the scale alpha / rank. The effective rank is the number of singular values that make up most of the product.',
        )}
      </p>
      {chosen?.values ? (
        <Spectrum spectrum={chosen} values={chosen.values} />
      ) : (
        <p class="hint">{l10n.t('Select a layer in the table to see its singular values.')}</p>
      )}
      <SpectrumMap spectra={sortRows(spectra, columns, props.order)} />
    </section>
  );
}

function Spectrum({ spectrum, values }: { spectrum: LoraSpectrum; values: readonly number[] }): JSX.Element {
  const draw = useCallback<DrawPlot>(
    (width, theme) => {
      const points = values.map((value, i) => ({ index: i + 1, value }));
      return {
        marginLeft: 60,
        marginRight: 12,
        marginTop: 22,
        marginBottom: 36,
        x: {
          domain: [0.5, values.length + 0.5],
          label: l10n.t('Index of the singular value'),
          labelAnchor: 'center',
          labelArrow: 'none',
          ticks: Math.min(values.length, Math.floor(width / 60)),
          tickFormat: (index: number) => (Number.isInteger(index) ? String(index) : ''),
        },
        y: {
          label: l10n.t('Singular value'),
          labelArrow: 'none',
          grid: true,
          zero: true,
          ticks: 4,
          tickFormat: formatNumber,
        },
        marks: [
          Plot.line(points, { x: 'index', y: 'value', stroke: theme.denoised, strokeWidth: 1.5 }),
          Plot.dot(points, { x: 'index', y: 'value', r: 3, fill: theme.denoised, stroke: theme.background }),
          Plot.ruleY([0], { stroke: theme.zoo }),
        ],
      };
    },
    [values],
  );
  return (
    <PlotFigure
      title={l10n.t('Singular values of {0}', spectrum.layer)}
      subtitle={l10n.t('rank {0}', spectrum.rank)}
      description={l10n.t(
        '{0} singular values of the LoRA product of {1}, from {2} to {3}.',
        values.length,
        spectrum.layer,
        formatNumber(values[0] ?? 0),
        formatNumber(values.at(-1) ?? 0),
      )}
      height={220}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Singular values of {0}', spectrum.layer)}
        columns={[l10n.t('Index'), l10n.t('Singular value')]}
        rows={() => values.map((value, i) => [i + 1, formatNumber(value)])}
      />
    </PlotFigure>
  );
}

/** Singular values of all layers side by side, each as a share of its layer's largest. */
function SpectrumMap({ spectra }: { spectra: readonly LoraSpectrum[] }): JSX.Element | null {
  const theme = useTheme();
  const shown = useMemo(
    () => spectra.filter(({ values }) => values && values[0]! > 0).slice(0, MAP_ROWS),
    [spectra],
  );
  const rows = useMemo(
    () =>
      shown.map(({ layer, values }) => ({
        label: layer,
        values: values!.map((value) => value / values![0]!),
      })),
    [shown],
  );
  if (rows.length === 0) return null;
  const ranks = Math.max(...rows.map(({ values }) => values.length));
  return (
    <figure class="chart" aria-labelledby="spectrum-map-title">
      <h3 id="spectrum-map-title" class="chart-title">
        {l10n.t('How fast the singular values fall')}{' '}
        {spectra.length > rows.length && (
          <span class="muted">
            {l10n.t('the first {0} of {1} layers, in the order of the table', rows.length, spectra.length)}
          </span>
        )}
      </h3>
      <ColorLegend
        label={l10n.t('Share of the layer’s largest singular value')}
        domain={DOMAIN}
        ramp={theme.sequential}
        theme={theme}
      />
      <HeatMap
        label={l10n.t('Singular values of {0} layers', rows.length)}
        rows={rows}
        columnTitle={l10n.t('Index of the singular value')}
        domain={DOMAIN}
        ramp={theme.sequential}
        theme={theme}
        hint={l10n.t('Point at a cell, or move between cells with the arrow keys.')}
        describe={(row, column) =>
          l10n.t(
            '{0}, singular value {1}: {2} ({3} of the largest)',
            shown[row]!.layer,
            column + 1,
            formatNumber(shown[row]!.values![column]!),
            formatNumber(rows[row]!.values[column]!),
          )
        }
      />
      <DataTable
        caption={l10n.t('Singular values of the layers as shares of the largest')}
        columns={[l10n.t('Layer'), ...Array.from({ length: ranks }, (_, index) => String(index + 1))]}
        rows={() => rows.map(({ label, values }) => [label, ...values.map(formatNumber)])}
      />
    </figure>
  );
}
