import type { JSX } from 'preact';

export interface LegendEntry {
  label: string;
  color: string;
  /** Shape of the mark: filled area, line, dot, ring, diamond, or an interval with a tick. */
  mark: 'area' | 'line' | 'dot' | 'ring' | 'diamond' | 'interval';
  /** Dashes of a line in pixels; absent or empty is solid. */
  dash?: readonly number[];
}

export function Swatch({ color, mark, dash = [] }: LegendEntry): JSX.Element {
  return (
    <svg class="legend-swatch" width="22" height="12" aria-hidden="true">
      {mark === 'area' && <rect x="1" y="1" width="20" height="10" fill={color} />}
      {mark === 'line' && (
        <line
          x1="1"
          y1="6"
          x2="21"
          y2="6"
          stroke={color}
          stroke-width="2"
          stroke-dasharray={dash.join(' ')}
        />
      )}
      {mark === 'dot' && <circle cx="11" cy="6" r="4.5" fill={color} />}
      {mark === 'ring' && <circle cx="11" cy="6" r="4.5" fill="none" stroke={color} stroke-width="1.5" />}
      {mark === 'diamond' && <path d="M11 0L17 6L11 12L5 6Z" fill={color} />}
      {mark === 'interval' && (
        <path d="M1 6H21M1 2V10M21 2V10" fill="none" stroke={color} stroke-width="1.5" />
      )}
    </svg>
  );
}

export function Legend({ label, entries }: { label: string; entries: readonly LegendEntry[] }): JSX.Element {
  return (
    <ul class="legend" aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.label}>
          <Swatch {...entry} />
          {entry.label}
        </li>
      ))}
    </ul>
  );
}
