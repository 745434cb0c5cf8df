import * as Plot from '@observablehq/plot';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Theme, useTheme } from '../components/theme.ts';
import { useWidth } from '../components/use-width.ts';
import { drawInTurn } from './draw-queue.ts';
import { keepInert } from './inert-plot.ts';

/** Options of a plot for a width in CSS pixels. Keep it stable (`useCallback`): a new function causes a redraw. */
export type DrawPlot = (width: number, theme: Theme) => Omit<Plot.PlotOptions, 'width' | 'height' | 'style'>;

/** A titled Observable Plot that follows its width and the theme. */
export function PlotFigure(props: {
  title: string;
  /** Heading level in the page's outline; default 3. */
  level?: 2 | 3;
  /** Counts and units beside the title. */
  subtitle?: string;
  /** One sentence for people who cannot see the chart: what is plotted, and what it shows. */
  description: string;
  /** Height in CSS pixels, reserved until the plot is drawn. */
  height: number;
  draw: DrawPlot;
  legend?: ComponentChildren;
  /** Content below the chart: a table of the numbers, controls. */
  children?: ComponentChildren;
}): JSX.Element {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const theme = useTheme();
  const id = useId();
  const { draw, height, description } = props;
  const [drawn, setDrawn] = useState(false);
  useLayoutEffect(() => keepInert(holder.current!), []);
  useLayoutEffect(() => {
    if (width === 0) return undefined;
    return drawInTurn(holder.current!, () => {
      const chart = Plot.plot({
        ...draw(width, theme),
        width,
        height,
        style: { fontFamily: theme.fontFamily, fontSize: '11px', background: 'transparent' },
      });
      // Plot puts its rules into a style element, which the page's policy refuses; charts.css has them instead.
      for (const style of chart.querySelectorAll('style')) style.remove();
      // Plot labels its parts with the names of their marks, which mean nothing to users; the figure's own label
      // replaces them.
      chart.setAttribute('aria-hidden', 'true');
      holder.current!.replaceChildren(chart);
      setDrawn(true);
    });
  }, [width, height, theme, draw]);
  const Heading = props.level === 2 ? 'h2' : 'h3';
  return (
    <figure class="chart" aria-labelledby={id}>
      <Heading id={id} class="chart-title">
        {props.title}
        {props.subtitle && <span class="muted"> {props.subtitle}</span>}
      </Heading>
      {props.legend}
      <div
        class="plot"
        ref={holder}
        role="img"
        aria-label={description}
        aria-busy={!drawn}
        style={drawn ? undefined : { height: `${height}px` }}
      />
      {props.children}
    </figure>
  );
}
