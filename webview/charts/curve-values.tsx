import type { JSX } from 'preact';
import { formatNumber } from '../components/format.ts';
import { type LegendEntry, Swatch } from '../components/legend.tsx';

export interface CurveValue {
  entry: LegendEntry;
  /** Undefined where the curve has no point there. */
  value: number | undefined;
}

/** Legend of a chart of several curves, with what each comes to at one place. */
export function CurveValues(props: {
  label: string;
  /** "Latest", "Step 1,200". */
  at: string;
  values: readonly CurveValue[];
}): JSX.Element {
  return (
    <div class="curve-values">
      <p class="read-out">{props.at}</p>
      <ul aria-label={props.label}>
        {props.values.map(({ entry, value }) => (
          <li key={entry.label}>
            <Swatch {...entry} />
            <span class="curve-name">{entry.label}</span>
            <span class="curve-value">{value === undefined ? 'none' : formatNumber(value)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
