import type uPlot from 'uplot';
import { MOST_OVERLAID } from '../../src/protocol/run.ts';
import type { LegendEntry } from '../components/legend.tsx';
import type { Theme } from '../components/theme.ts';

/** What distinguishes one curve of a chart from the others. */
export interface CurveStyle {
  /** Index among the theme's colors; wraps around. */
  color: number;
  /** Index among DASHES; wraps around. */
  dash: number;
}

/** Stroke and gap lengths in pixels; empty is a solid line. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2]];

const COLORS = MOST_OVERLAID + 1;

/** The style of the curve at an index: every color solid first, then every color dashed. */
export function styleAt(index: number): CurveStyle {
  return { color: index % COLORS, dash: Math.floor(index / COLORS) };
}

export function colorOf({ color }: CurveStyle, theme: Theme): string {
  return theme.series[color % theme.series.length]!;
}

export function dashOf({ dash }: CurveStyle): readonly number[] {
  return DASHES[dash % DASHES.length]!;
}

export function legendEntry(label: string, style: CurveStyle, theme: Theme): LegendEntry {
  return { label, color: colorOf(style, theme), mark: 'line', dash: dashOf(style) };
}

/** Options that both axes of a chart share. */
export function axisStyle(theme: Theme): uPlot.Axis {
  const font = `11px ${theme.fontFamily}`;
  return {
    stroke: theme.foreground,
    font,
    labelFont: font,
    labelSize: 18,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1, size: 4 },
  };
}

export function withAlpha(color: string, alpha: number): string {
  return color.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);
}
