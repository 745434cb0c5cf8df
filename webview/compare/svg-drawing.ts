import { METHOD_COLORS } from '../../src/protocol/comparison.ts';
import { inertLine } from '../../src/protocol/inert-text.ts';
import { formatNumber } from '../components/format.ts';
import type { ChartData } from './chart-data.ts';
import { DASHES, drawingOrder, strokeWidth } from './method-style.ts';

export const DRAWING_SIZE = { width: 900, height: 480 } as const;

/** Edges of the plot within the drawing. */
const FRAME = { left: 72, top: 64, right: 640, bottom: 418 } as const;
const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

/** Some control characters are not allowed in XML at all. */
const escaped = (text: string) =>
  inertLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

type Attributes = Record<string, string | number>;

function element(name: string, attributes: Attributes, content?: string): string {
  const all = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  return content === undefined ? `<${name}${all}/>` : `<${name}${all}>${content}</${name}>`;
}

const line = (x1: number, y1: number, x2: number, y2: number, more: Attributes) =>
  element('line', { x1, y1, x2, y2, ...more });
const text = (x: number, y: number, content: string, more: Attributes = {}) =>
  element('text', { x, y, fill: '#1f1f1f', ...more }, escaped(content));
const rounded = (value: number) => Number(value.toFixed(2));

/** The chart as a standalone SVG file: black on white, for papers and slides, whatever the editor's theme. */
export function svgDrawing(data: ChartData): string {
  const { left, top, right, bottom } = FRAME;
  const toX = (place: number) => rounded(left + place * (right - left));
  const toY = (place: number) => rounded(bottom - place * (bottom - top));
  const grid = data.y.ticks.map((tick) => {
    const y = toY(data.y.place(tick));
    return (
      line(left, y, right, y, { stroke: '#dddddd' }) +
      text(left - 8, y + 4, formatNumber(tick), { 'text-anchor': 'end' })
    );
  });
  const ticks = data.x.ticks.map((tick) => {
    const x = toX(data.x.place(tick));
    return (
      line(x, bottom, x, bottom + 5, { stroke: '#1f1f1f' }) +
      text(x, bottom + 19, formatNumber(tick), { 'text-anchor': 'middle' })
    );
  });
  const curves = data.series
    .toSorted((a, b) => drawingOrder(a.method) - drawingOrder(b.method))
    .map(({ method, label, points }) => {
      const color = METHOD_COLORS[method];
      const places = points.map(
        (point) => [toX(data.x.place(data.at(point))), toY(data.y.place(point.value))] as const,
      );
      const path = element('polyline', {
        points: places.map(([x, y]) => `${x},${y}`).join(' '),
        fill: 'none',
        stroke: color,
        'stroke-width': strokeWidth(method),
        'stroke-dasharray': DASHES[method].join(' ') || 'none',
        'stroke-linejoin': 'round',
      });
      const dots = places.map(([cx, cy]) => element('circle', { cx, cy, r: 2.5, fill: color }));
      return element('g', {}, element('title', {}, escaped(label)) + path + dots.join(''));
    });
  const legend = data.series.map(({ method, label }, row) => {
    const y = top + 10 + row * 22;
    return (
      line(right + 16, y, right + 42, y, {
        stroke: METHOD_COLORS[method],
        'stroke-width': strokeWidth(method),
        'stroke-dasharray': DASHES[method].join(' ') || 'none',
      }) + text(right + 50, y + 4, label, method === 'denoised' ? { 'font-weight': 600 } : {})
    );
  });
  const middle = (top + bottom) / 2;
  const { width, height } = DRAWING_SIZE;
  const parts = [
    element('title', {}, escaped(data.title)),
    element('desc', {}, escaped(data.subtitle)),
    element('rect', { width, height, fill: '#ffffff' }),
    text(left, 26, data.title, { 'font-size': 15, 'font-weight': 600 }),
    text(left, 45, data.subtitle, { fill: '#555555' }),
    ...grid,
    line(left, bottom, right, bottom, { stroke: '#1f1f1f' }),
    ...ticks,
    text((left + right) / 2, bottom + 44, data.xTitle, { 'text-anchor': 'middle' }),
    text(18, middle, data.yTitle, { 'text-anchor': 'middle', transform: `rotate(-90 18 ${middle})` }),
    ...curves,
    ...legend,
  ];
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': FONT,
    'font-size': 12,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('svg', root, `\n${parts.join('\n')}\n`)}\n`;
}
