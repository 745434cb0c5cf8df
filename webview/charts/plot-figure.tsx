import * as Plot from '@observablehq/plot';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { type Theme, useTheme } from '../components/theme.ts';
import { useWidth } from '../components/use-width.ts';

/** Options of a plot for a width in CSS pixels. Keep it stable (`useCallback`): a new one draws anew. */
export type DrawPlot = (width: number, theme: Theme) => Plot.PlotOptions;

/** A titled Observable Plot that follows its width and the theme. */
export function PlotFigure(props: {
  title: string;
  /** Heading level in the page's outline; default 3. */
  level?: 2 | 3;
  /** Counts and units beside the title. */
  subtitle?: string;
  /** One sentence for those who cannot see the chart: what is plotted, and what it shows. */
  description: string;
  draw: DrawPlot;
  legend?: ComponentChildren;
  /** Table of the numbers, controls. */
  children?: ComponentChildren;
}): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const theme = useTheme();
  const id = useId();
  const { draw, description } = props;
  useLayoutEffect(() => {
    if (width === 0) return;
    const chart = Plot.plot({
      width,
      style: { fontFamily: theme.fontFamily, fontSize: '11px', background: 'transparent' },
      ...draw(width, theme),
    });
    // Plot ships its rules in a style element, which the page's policy refuses; charts.css has them.
    for (const style of chart.querySelectorAll('style')) style.remove();
    // Its parts carry the names of their marks, which say nothing: the holder speaks for them.
    chart.setAttribute('aria-hidden', 'true');
    holder.current!.replaceChildren(chart);
  }, [width, theme, draw]);
  const Heading = props.level === 2 ? 'h2' : 'h3';
  return (
    <figure class="chart" aria-labelledby={id}>
      <Heading id={id} class="chart-title">
        {props.title}
        {props.subtitle && <span class="muted"> {props.subtitle}</span>}
      </Heading>
      {props.legend}
      <div class="plot" ref={holder} role="img" aria-label={description} />
      {props.children}
    </figure>
  );
}
