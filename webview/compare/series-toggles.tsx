import type { JSX } from 'preact';
import { METHODS, type Method } from '../../src/protocol/comparison.ts';
import { useTheme } from '../components/theme.ts';
import { Button } from '../components/toolkit.tsx';
import { colorOf, DASHES, strokeWidth } from './method-style.ts';

/** The legend: each entry is a toggle. */
export function SeriesToggles(props: {
  methods: readonly Method[];
  hidden: readonly Method[];
  onHidden: (hidden: Method[]) => void;
}): JSX.Element {
  const { methods, hidden, onHidden } = props;
  const theme = useTheme();
  return (
    <ul class="legend series-toggles" aria-label="Starts, shown or hidden">
      {methods.map((method) => {
        const shown = !hidden.includes(method);
        return (
          <li key={method}>
            <button
              type="button"
              class="series-toggle"
              aria-pressed={shown}
              title={shown ? `Hide ${METHODS[method]}` : `Show ${METHODS[method]}`}
              onClick={() =>
                onHidden(shown ? [...hidden, method] : hidden.filter((other) => other !== method))
              }
            >
              <svg class="legend-swatch" width="26" height="12" aria-hidden="true">
                <line
                  x1="1"
                  y1="6"
                  x2="25"
                  y2="6"
                  stroke={colorOf(method, theme)}
                  stroke-width={strokeWidth(method)}
                  stroke-dasharray={DASHES[method].join(' ')}
                />
              </svg>
              <span class="series-name">{METHODS[method]}</span>
            </button>
          </li>
        );
      })}
      {hidden.length > 0 && (
        <li>
          <Button onClick={() => onHidden([])}>Show all starts</Button>
        </li>
      )}
    </ul>
  );
}
