import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';

/** A plot as an SVG file of its own, dark on white whatever the viewer's theme. */
export function standaloneSvg(options: Plot.PlotOptions): string {
  const document = new DOMParser().parseFromString('<!doctype html><html><body></body></html>', 'text/html');
  const svg = Plot.plot({
    style: { background: 'white', color: '#1f2328', fontSize: '12px' },
    ...options,
    document,
  } as Plot.PlotOptions);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.outerHTML}\n`;
}
