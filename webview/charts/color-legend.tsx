import * as Plot from '@observablehq/plot';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Ramp } from '../components/color.ts';
import type { Theme } from '../components/theme.ts';

const WIDTH = 260;
const MARGIN = 12;
const BAR = 10;

/** The color scale of a heat map: a continuous bar with ticks in the values' unit. */
export function ColorLegend(props: {
  label: string;
  domain: readonly [number, number];
  ramp: Ramp;
  theme: Theme;
}): JSX.Element {
  const { label, domain, ramp, theme } = props;
  const bar = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const canvas = bar.current!;
    const context = canvas.getContext('2d')!;
    const pixels = context.createImageData(canvas.width, 1);
    for (let x = 0; x < canvas.width; x++) {
      pixels.data.set([...ramp(x / (canvas.width - 1)), 255], 4 * x);
    }
    context.putImageData(pixels, 0, 0);
    const chart = Plot.plot({
      width: WIDTH,
      height: 20,
      marginLeft: MARGIN,
      marginRight: MARGIN,
      marginTop: 0,
      marginBottom: 18,
      style: { fontFamily: theme.fontFamily, fontSize: '11px', background: 'transparent' },
      x: { domain: [...domain], label: null, ticks: 5, tickSize: 4 },
      marks: [Plot.axisX({ color: theme.foreground })],
    });
    for (const style of chart.querySelectorAll('style')) style.remove();
    axis.current!.replaceChildren(chart);
  }, [domain, ramp, theme]);
  return (
    <div class="color-legend">
      <span class="color-legend-label">{label}</span>
      <div aria-hidden="true">
        <canvas
          ref={bar}
          class="color-legend-bar"
          width={WIDTH - 2 * MARGIN}
          height={1}
          style={{ height: `${BAR}px` }}
        />
        <div class="plot" ref={axis} />
      </div>
    </div>
  );
}
