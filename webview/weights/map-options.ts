import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { ZooMapPoints } from '../../src/protocol/statistics.ts';
import type { DrawPlot } from '../charts/plot-figure.tsx';
import type { Theme } from '../components/theme.ts';

export const MAP_HEIGHT = 340;

/** Plot options of the zoo's map: axes, grid and members; further marks are drawn on top. */
export function mapOptions(
  { points, explained }: ZooMapPoints,
  theme: Theme,
  marks: Plot.Markish[],
): ReturnType<DrawPlot> {
  const share = (axis: 0 | 1) => (100 * explained[axis]).toFixed(0);
  return {
    marginLeft: 44,
    marginRight: 20,
    marginTop: 26,
    marginBottom: 38,
    inset: 14,
    x: {
      label: l10n.t('First principal component, {0} % of the zoo’s variance', share(0)),
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 5,
      nice: true,
    },
    y: {
      label: l10n.t('Second principal component, {0} % of the zoo’s variance', share(1)),
      labelArrow: 'none',
      ticks: 5,
      nice: true,
    },
    marks: [
      Plot.gridX({ stroke: theme.grid, strokeOpacity: 1 }),
      Plot.gridY({ stroke: theme.grid, strokeOpacity: 1 }),
      Plot.dot(
        points.filter(({ kind }) => kind === 'zoo'),
        { x: 'x', y: 'y', r: 3.5, stroke: theme.zoo, fill: theme.zooFill },
      ),
      ...marks,
    ],
  };
}
