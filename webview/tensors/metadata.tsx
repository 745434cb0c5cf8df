import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';

/** Length up to which values are shown unfolded: trainers store whole configs here. */
const SHORT = 160;

/** A value as it is shown; JSON is indented. */
function readable(value: string): string {
  if (!/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

export function Metadata({ metadata }: { metadata: Readonly<Record<string, string>> }): JSX.Element {
  const entries = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <section aria-labelledby="metadata-title">
      <h2 id="metadata-title">{l10n.t('Metadata')}</h2>
      {entries.length === 0 ? (
        <p class="muted">{l10n.t('The file has no metadata.')}</p>
      ) : (
        <table class="metadata">
          <caption class="visually-hidden">{l10n.t('Metadata of the file')}</caption>
          <thead class="visually-hidden">
            <tr>
              <th scope="col" class="metadata-key">
                {l10n.t('Key')}
              </th>
              <th scope="col">{l10n.t('Value')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(([key, value]) => (
              <tr key={key}>
                <th scope="row" class="metadata-key">
                  {key}
                </th>
                <td>
                  {value.length <= SHORT ? (
                    value
                  ) : (
                    <details>
                      <summary aria-label={`${key}: ${value.slice(0, SHORT)}…`}>
                        {value.slice(0, SHORT)}…
                      </summary>
                      <section
                        class="metadata-value"
                        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
                        tabIndex={0}
                        aria-label={l10n.t('Full value of {0}', key)}
                      >
                        <pre>{readable(value)}</pre>
                      </section>
                    </details>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
