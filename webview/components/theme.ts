import { useEffect, useState } from 'preact/hooks';
import { css, mix, type Ramp, type Rgb, ramp, standingOut } from './color.ts';

/** What charts need from the editor's color theme. All colors are opaque. */
export interface Theme {
  background: string;
  foreground: string;
  /** For secondary text such as axis titles. */
  muted: string;
  /** Grid lines and frames. */
  grid: string;
  /** For the zoo, the neutral ground that weights are shown against. */
  zoo: string;
  /** For the filled area of the zoo's histograms. */
  zooFill: string;
  denoised: string;
  fineTuned: string;
  /** For the curves of one chart, the most distinct first. */
  series: readonly string[];
  /** From the background (low) to the most contrast (high). */
  sequential: Ramp;
  /** Low values, the background at the middle, high values. */
  diverging: Ramp;
  /** Font family of the editor's own text. */
  fontFamily: string;
}

const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;

/** Any CSS color over an opaque ground. */
function resolve(color: string, ground: Rgb): Rgb {
  context.globalCompositeOperation = 'copy';
  context.fillStyle = css(ground);
  context.fillRect(0, 0, 1, 1);
  context.globalCompositeOperation = 'source-over';
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!];
}

/** Reads the theme from the variables that VS Code sets on the page. */
function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string) => style.getPropertyValue(`--vscode-${name}`).trim();
  // The page's own ground is the fallback for the few variables that a theme may omit.
  const ground = resolve(variable('editor-background') || 'Canvas', [255, 255, 255]);
  const foreground = resolve(variable('charts-foreground') || variable('foreground') || 'CanvasText', ground);
  const chart = (name: string) => resolve(variable(`charts-${name}`) || css(foreground), ground);
  const [blue, yellow, green, purple, red] = (['blue', 'yellow', 'green', 'purple', 'red'] as const).map(
    chart,
  ) as [Rgb, Rgb, Rgb, Rgb, Rgb];
  return {
    background: css(ground),
    foreground: css(foreground),
    muted: css(standingOut(ground, foreground, 4.5)),
    grid: css(standingOut(ground, foreground, 1.3)),
    zoo: css(standingOut(ground, foreground, 3.2)),
    zooFill: css(standingOut(ground, foreground, 1.7)),
    denoised: css(blue),
    fineTuned: css(yellow),
    // charts-orange is left out: in VS Code's own themes it is a translucent highlight, too faint for a line.
    series: [blue, yellow, green, purple, red, foreground].map(css),
    sequential: ramp([mix(ground, blue, 0.08), blue, mix(blue, foreground, 0.7)]),
    diverging: ramp([blue, standingOut(ground, foreground, 1.08), red]),
    fontFamily: variable('font-family') || 'sans-serif',
  };
}

/**
 * Calls the listener after the editor's theme has changed.
 * @returns stops listening
 */
function onThemeChange(listener: () => void): () => void {
  // VS Code rewrites the variables in the root's style, and the theme's kind and id on the body.
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  return () => observer.disconnect();
}

/** The current theme; the component renders again when it changes. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    let frame = 0;
    const stop = onThemeChange(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setTheme(readTheme()));
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, []);
  return theme;
}
