import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { WeightStatistics } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatNumber } from '../components/format.ts';
import { Legend } from '../components/legend.tsx';
import { useTheme } from '../components/theme.ts';
import { kindWord } from './kind-word.ts';
import { MAP_HEIGHT, mapOptions } from './map-options.ts';
import { colorOf } from './marks.ts';

/** The zoo in two dimensions, including this concept. */
export function ZooMap({ statistics }: { statistics: WeightStatistics }): JSX.Element {
  const { map, concept, nearest } = statistics;
  const theme = useTheme();
  const draw = useCallback<DrawPlot>(
    (_width, theme) => {
      const zoo = map.points.filter(({ kind }) => kind === 'zoo');
      const own = map.points.filter(({ kind }) => kind !== 'zoo');
      const ranks = new Map(nearest.map((member, index) => [member.concept, index + 1]));
      const near = zoo.filter((point) => ranks.has(point.concept));
      return mapOptions(map, theme, [
        Plot.dot(near, { x: 'x', y: 'y', r: 8, stroke: theme.zoo, fill: theme.background }),
        Plot.text(near, {
          x: 'x',
          y: 'y',
          text: (point) => String(ranks.get(point.concept)),
          fill: theme.foreground,
        }),
        Plot.dot(own, {
          x: 'x',
          y: 'y',
          r: 6.5,
          symbol: 'diamond2',
          fill: ({ kind }) => colorOf(kind, theme),
          stroke: theme.background,
        }),
        Plot.tip(
          map.points,
          Plot.pointer({
            x: 'x',
            y: 'y',
            title: ({ concept: name, kind }) => `${name} (${kindWord(kind)})`,
            stroke: theme.zoo,
          }),
        ),
      ]);
    },
    [map, concept, nearest],
  );
  return (
    <PlotFigure
      title={l10n.t('Map of the zoo')}
      subtitle={l10n.t('{0} members', statistics.zooMembers)}
      description={l10n.t(
        "The zoo's {0} members and {1} on the first two principal components of the standardized weights.",
        statistics.zooMembers,
        concept,
      )}
      height={MAP_HEIGHT}
      draw={draw}
      legend={
        <Legend
          label={l10n.t('Map of the zoo')}
          entries={[
            {
              label: `${concept}, ${kindWord(statistics.weights.kind)}`,
              color: colorOf(statistics.weights.kind, theme),
              mark: 'diamond',
            },
            { label: l10n.t('zoo member; the nearest are numbered'), color: theme.zoo, mark: 'ring' },
          ]}
        />
      }
    >
      <DataTable
        caption={l10n.t('Map of the zoo')}
        columns={[l10n.t('Concept'), l10n.t('Kind'), l10n.t('First component'), l10n.t('Second component')]}
        rows={() =>
          map.points.map(({ concept: name, kind, x, y }) => [
            name,
            kindWord(kind),
            formatNumber(x),
            formatNumber(y),
          ])
        }
      />
    </PlotFigure>
  );
}
