import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { Method } from '../../src/protocol/comparison.ts';
import { useTheme } from '../components/theme.ts';
import { Button } from '../components/toolkit.tsx';
import { methodName } from './method-name.ts';
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
    <ul class="legend series-toggles" aria-label={l10n.t('Starts, shown or hidden')}>
      {methods.map((method) => {
        const shown = !hidden.includes(method);
        return (
          <li key={method}>
            <button
              type="button"
              class="series-toggle"
              aria-pressed={shown}
              title={shown ? l10n.t('Hide {0}', methodName(method)) : l10n.t('Show {0}', methodName(method))}
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
              <span class="series-name">{methodName(method)}</span>
            </button>
          </li>
        );
      })}
      {hidden.length > 0 && (
        <li>
          <Button onClick={() => onHidden([])}>{l10n.t('Show all starts')}</Button>
        </li>
      )}
    </ul>
  );
}
