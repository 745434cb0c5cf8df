import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { formatNumber } from '../components/format.ts';
import { Swatch } from '../components/legend.tsx';
import type { Theme } from '../components/theme.ts';
import { type CurveStyle, dashOf, legendEntry } from './curve-style.ts';

/** A curve as the legend names it. */
export interface NamedCurve {
  label: string;
  style: CurveStyle;
  /** In a chart of several runs: the run, and the kind of curve within that run (empty if there is only one kind). */
  compared?: { run: string; kind: string };
}

interface CurveValuesProps {
  label: string;
  /** Where the values are read: "Latest", "Step 1,200". */
  at: string;
  theme: Theme;
  curves: readonly NamedCurve[];
  /** One value for each curve; undefined if it has no point there. */
  values: readonly (number | undefined)[];
}

const valueText = (value: number | undefined) => (value === undefined ? l10n.t('none') : formatNumber(value));

/** Legend of a chart of several curves with the value of each at one x; a table if there are several runs. */
export function CurveValues(props: CurveValuesProps): JSX.Element {
  const compared = props.curves.some((curve) => curve.compared !== undefined);
  return compared ? <ComparedValues {...props} /> : <ListedValues {...props} />;
}

function ListedValues({ label, at, theme, curves, values }: CurveValuesProps): JSX.Element {
  return (
    <div class="curve-values">
      <p class="read-out">{at}</p>
      <ul aria-label={label}>
        {curves.map((curve, index) => (
          <li key={curve.label}>
            <Swatch {...legendEntry(curve.label, curve.style, theme)} />
            <span class="curve-name">{curve.label}</span>
            <span class="curve-value">{valueText(values[index])}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A table with a row for each run, in its color, and a column for each kind of curve, with its dash. */
function ComparedValues({ label, at, theme, curves, values }: CurveValuesProps): JSX.Element {
  const runs = new Map<string, { color: number; values: Map<string, number | undefined> }>();
  const kinds = new Map<string, number>();
  for (const [index, { compared, style }] of curves.entries()) {
    if (!compared) continue;
    const run = runs.get(compared.run) ?? { color: style.color, values: new Map() };
    runs.set(compared.run, run);
    run.values.set(compared.kind, values[index]);
    kinds.set(compared.kind, style.dash);
  }
  const several = kinds.size > 1;
  return (
    <table class="compared-values" aria-label={label}>
      <thead>
        <tr>
          <th scope="col" class="read-out">
            {at}
          </th>
          {Array.from(kinds, ([kind, dash]) => (
            <th key={kind} scope="col" class="number">
              {several && (
                <Swatch label={kind} color={theme.foreground} mark="line" dash={dashOf({ color: 0, dash })} />
              )}{' '}
              {kind === '' ? l10n.t('Value') : kind}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from(runs, ([run, { color, values: own }]) => (
          <tr key={run}>
            <th scope="row">
              <span class="compared-name">
                <Swatch {...legendEntry(run, { color, dash: 0 }, theme)} />
                <span>{run}</span>
              </span>
            </th>
            {Array.from(kinds.keys(), (kind) => (
              <td key={kind} class="number">
                {own.has(kind) ? valueText(own.get(kind)) : ''}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
