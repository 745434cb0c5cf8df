import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';

/**
 * Renders a plot as a stand-alone SVG file, dark on white whatever the viewer's theme.
 * @param title text for screen readers, if the plot itself has none
 */
export function standaloneSvg(options: Plot.PlotOptions, title?: string): string {
  const document = new DOMParser().parseFromString('<!doctype html><html><body></body></html>', 'text/html');
  const svg = Plot.plot({
    style: { background: 'white', color: '#1f2328', fontSize: '12px' },
    ...options,
    document,
  } as Plot.PlotOptions);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  if (title !== undefined) {
    const element = document.createElement('title', undefined);
    element.textContent = title;
    svg.prepend(element);
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.outerHTML}\n`;
}
