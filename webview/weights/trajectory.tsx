import * as Plot from '@observablehq/plot';
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { TrajectoryPoint } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatNumber } from '../components/format.ts';

/** From noise to weights: how far each denoising step still was from where it ended. */
export function Trajectory({ points }: { points: readonly TrajectoryPoint[] }): JSX.Element {
  const draw = useCallback<DrawPlot>(
    (_width, theme) => ({
      height: 200,
      marginLeft: 44,
      marginRight: 20,
      marginTop: 24,
      marginBottom: 38,
      x: {
        domain: [1, 0],
        label: 'Timestep: 1 is noise, 0 is weights',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: 6,
      },
      y: {
        label: 'Distance to the final weights',
        labelArrow: 'none',
        grid: true,
        zero: true,
        ticks: 5,
        tickFormat: formatNumber,
      },
      marks: [
        Plot.ruleY([0], { stroke: theme.zoo }),
        Plot.line(points, { x: 'timestep', y: 'distance', stroke: theme.denoised, strokeWidth: 2 }),
        Plot.dot(points, { x: 'timestep', y: 'distance', r: 3.5, fill: theme.denoised }),
      ],
    }),
    [points],
  );
  return (
    <PlotFigure
      title="Denoising trajectory"
      subtitle={`${points.length - 1} steps`}
      description={`Distance to the final weights over ${points.length - 1} denoising steps, from ${formatNumber(points[0]!.distance)} to ${formatNumber(points.at(-1)!.distance)}.`}
      draw={draw}
    >
      <DataTable
        caption="Denoising trajectory"
        columns={['Timestep', 'Distance to the final weights', 'Norm']}
        rows={() =>
          points.map(({ timestep, distance, norm }) => [
            formatNumber(timestep),
            formatNumber(distance),
            formatNumber(norm),
          ])
        }
      />
    </PlotFigure>
  );
}
