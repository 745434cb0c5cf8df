import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { XRange } from '../charts/plotted.ts';
import { formatCount, formatDuration } from '../components/format.ts';
import { Button } from '../components/toolkit.tsx';
import { moved, zoomed } from './x-range.ts';

/** Buttons that select which part of the run every chart shows, as an alternative to dragging. */
export function RangeControls(props: {
  /** The whole range. */
  extent: XRange;
  range: XRange | undefined;
  xAxis: 'steps' | 'seconds';
  onChange: (range: XRange | undefined) => void;
}): JSX.Element {
  const { extent, range, xAxis, onChange } = props;
  const shown = range ?? extent;
  const text = (value: number) => (xAxis === 'steps' ? formatCount(value) : formatDuration(value));
  const rangeText = (from: string, to: string) =>
    xAxis === 'steps' ? l10n.t('Steps {0} to {1}', from, to) : l10n.t('{0} to {1}', from, to);
  const to = (next: XRange) => onChange(next.from <= extent.from && next.to >= extent.to ? undefined : next);
  return (
    <fieldset class="range">
      <legend class="field-label" aria-live="polite">
        {range === undefined ? l10n.t('Whole run') : rangeText(text(range.from), text(range.to))}
      </legend>
      <Button icon label={l10n.t('Zoom in')} onClick={() => to(zoomed(shown, 0.5, extent))}>
        +
      </Button>
      <Button icon label={l10n.t('Zoom out')} disabled={!range} onClick={() => to(zoomed(shown, 2, extent))}>
        −
      </Button>
      <Button icon label={l10n.t('Earlier')} disabled={!range} onClick={() => to(moved(shown, -0.5, extent))}>
        ←
      </Button>
      <Button icon label={l10n.t('Later')} disabled={!range} onClick={() => to(moved(shown, 0.5, extent))}>
        →
      </Button>
      <Button icon label={l10n.t('Show the whole run')} disabled={!range} onClick={() => onChange(undefined)}>
        ↔
      </Button>
    </fieldset>
  );
}
