import * as Plot from '@observablehq/plot';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { DenoisingTrajectory, TrajectoryPoint } from '../../src/protocol/statistics.ts';
import { type DrawPlot, PlotFigure } from '../charts/plot-figure.tsx';
import { DataTable } from '../components/data-table.tsx';
import { formatNumber } from '../components/format.ts';
import { Legend } from '../components/legend.tsx';
import { plural } from '../components/plural.ts';
import { Scrubber } from '../components/scrubber.tsx';
import { type Theme, useTheme } from '../components/theme.ts';
import { usePlayback } from '../components/use-playback.ts';
import { centralBars } from './central-bars.ts';
import { densityOptions } from './histogram.ts';
import { MAP_HEIGHT, mapOptions } from './map-options.ts';

const DISTANCE_HEIGHT = 200;

/** The denoising from noise to weights: one state at a time with a slider, and the path of all states. */
export function Trajectory({ trajectory }: { trajectory: DenoisingTrajectory }): JSX.Element {
  const { points, steps } = trajectory;
  const last = points.length - 1;
  const [index, setIndex] = useState(last);
  const playback = usePlayback({ index, last, choose: setIndex });
  const theme = useTheme();
  const { timestep, distance } = points[index]!;
  const name = stateName(index, last);
  const moment = { name, timestep: formatNumber(timestep), distance: formatNumber(distance) };
  return (
    <>
      <Scrubber
        words={{ position: l10n.t('State'), previous: l10n.t('Previous state'), next: l10n.t('Next state') }}
        index={index}
        last={last}
        playback={playback}
        go={(next) => {
          playback.pause();
          setIndex(Math.max(0, Math.min(last, next)));
        }}
        valueText={l10n.t('{name}, timestep {timestep}', moment)}
        readOut={l10n.t('{name}, timestep {timestep}, distance to the weights {distance}', moment)}
      />
      <Legend
        label={l10n.t('Denoising')}
        entries={[
          { label: l10n.t('state: {0}', name), color: theme.denoised, mark: 'diamond' },
          { label: l10n.t('path'), color: theme.denoised, mark: 'line' },
          { label: l10n.t('zoo'), color: theme.zooFill, mark: 'area' },
        ]}
      />
      <div class="halves">
        <StateHistogram trajectory={trajectory} index={index} />
        <WayOnMap trajectory={trajectory} index={index} />
      </div>
      <Distances trajectory={trajectory} index={index} steps={steps} />
    </>
  );
}

function stateName(index: number, last: number): string {
  if (index === 0) return l10n.t('noise');
  return index === last
    ? l10n.t('weights, after step {0} of {1}', index, last)
    : l10n.t('after step {0} of {1}', index, last);
}

/** Marks of all states joined by a line, with the current one emphasized. */
function wayThrough(
  points: readonly TrajectoryPoint[],
  index: number,
  at: { x: keyof TrajectoryPoint; y: keyof TrajectoryPoint },
  theme: Theme,
): Plot.Markish[] {
  return [
    Plot.line(points, { ...at, stroke: theme.denoised, strokeWidth: 1.5 }),
    Plot.dot(points, { ...at, r: 2, fill: theme.denoised }),
    Plot.dot([points[index]!], {
      ...at,
      r: 7,
      symbol: 'diamond2',
      fill: theme.denoised,
      stroke: theme.background,
    }),
  ];
}

interface StateProps {
  trajectory: DenoisingTrajectory;
  index: number;
}

/** Distribution of the weights in one state, on axes that fit every state. */
function StateHistogram({ trajectory, index }: StateProps): JSX.Element {
  const { edges, zoo, points } = trajectory;
  const [from, to] = useMemo(() => {
    const overall = edges
      .slice(1)
      .map((_, bar) => points.reduce((sum, { density }) => sum + density[bar]!, 0) / points.length);
    const shown = centralBars({ edges, weights: overall, zoo }).edges;
    const first = edges.indexOf(shown[0]!);
    return [first, first + shown.length - 1];
  }, [trajectory]);
  const highest = useMemo(() => Math.max(...zoo, ...points.flatMap(({ density }) => density)), [trajectory]);
  const { density, summary } = points[index]!;
  const draw = useCallback<DrawPlot>(
    (_width, theme) =>
      densityOptions(
        {
          edges: edges.slice(from, to + 1),
          weights: density.slice(from, to),
          zoo: zoo.slice(from, to),
        },
        theme.denoised,
        theme,
        highest,
      ),
    [trajectory, index],
  );
  const name = stateName(index, points.length - 1);
  return (
    <PlotFigure
      title={l10n.t('Distribution of the state')}
      subtitle={l10n.t('standard deviation {0}', formatNumber(summary.std))}
      description={l10n.t(
        'Histogram of the weights, {0}: standard deviation {1}, mean {2}.',
        name,
        formatNumber(summary.std),
        formatNumber(summary.mean),
      )}
      height={MAP_HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Densities, {0}', name)}
        columns={[l10n.t('Weight value'), l10n.t('state'), l10n.t('zoo')]}
        rows={() =>
          density.map((value, bar) => [
            l10n.t('{0} to {1}', formatNumber(edges[bar]!), formatNumber(edges[bar + 1]!)),
            formatNumber(value),
            formatNumber(zoo[bar]!),
          ])
        }
      />
    </PlotFigure>
  );
}

/** The path of the states across the zoo's map. */
function WayOnMap({ trajectory, index }: StateProps): JSX.Element {
  const { map, points, concept } = trajectory;
  const draw = useCallback<DrawPlot>(
    (_width, theme) => mapOptions(map, theme, wayThrough(points, index, { x: 'x', y: 'y' }, theme)),
    [trajectory, index],
  );
  return (
    <PlotFigure
      title={l10n.t('Path across the zoo’s map')}
      subtitle={l10n.t('{0} members', map.points.length)}
      description={l10n.t(
        'The path of {0} from noise to weights on the first two principal components of the zoo.',
        concept,
      )}
      height={MAP_HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Path across the zoo’s map')}
        columns={[l10n.t('State'), l10n.t('First component'), l10n.t('Second component')]}
        rows={() =>
          points.map(({ x, y }, state) => [
            stateName(state, points.length - 1),
            formatNumber(x),
            formatNumber(y),
          ])
        }
      />
    </PlotFigure>
  );
}

/** The distance of each state from the final weights. */
function Distances({ trajectory, index, steps }: StateProps & { steps: number }): JSX.Element {
  const { points } = trajectory;
  const draw = useCallback<DrawPlot>(
    (_width, theme) => ({
      marginLeft: 44,
      marginRight: 20,
      marginTop: 24,
      marginBottom: 38,
      x: {
        domain: [1, 0],
        label: l10n.t('Timestep: 1 is noise, 0 is weights'),
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: 6,
      },
      y: {
        label: l10n.t('Distance to the final weights'),
        labelArrow: 'none',
        grid: true,
        zero: true,
        ticks: 5,
        tickFormat: formatNumber,
      },
      marks: [
        Plot.ruleY([0], { stroke: theme.zoo }),
        ...wayThrough(points, index, { x: 'timestep', y: 'distance' }, theme),
      ],
    }),
    [trajectory, index],
  );
  return (
    <PlotFigure
      title={l10n.t('Distance to the final weights')}
      subtitle={plural(steps, l10n.t('{0} step', steps), l10n.t('{0} steps', steps))}
      description={l10n.t(
        'Distance to the final weights over {0} denoising steps, from {1} to {2}.',
        steps,
        formatNumber(points[0]!.distance),
        formatNumber(points.at(-1)!.distance),
      )}
      height={DISTANCE_HEIGHT}
      draw={draw}
    >
      <DataTable
        caption={l10n.t('Denoising trajectory')}
        columns={[
          l10n.t('State'),
          l10n.t('Timestep'),
          l10n.t('Distance'),
          l10n.t('Norm'),
          l10n.t('Standard deviation'),
        ]}
        rows={() =>
          points.map(({ timestep, distance, summary }, state) => [
            stateName(state, points.length - 1),
            formatNumber(timestep),
            formatNumber(distance),
            formatNumber(summary.norm),
            formatNumber(summary.std),
          ])
        }
      />
    </PlotFigure>
  );
}
