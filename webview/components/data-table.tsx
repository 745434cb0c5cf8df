import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/**
 * The numbers behind a chart, for people who read rather than look. Rows are created when the table is first opened.
 */
export function DataTable(props: {
  /** What the table holds, for its caption. */
  caption: string;
  columns: readonly string[];
  rows: () => readonly (readonly (string | number)[])[];
}): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details class="data-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={l10n.t('{0}: data as a table', props.caption)}>{l10n.t('Data')}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section class="data-table-scroll" tabIndex={0} aria-label={l10n.t('{0}, table', props.caption)}>
          <table>
            <caption>{props.caption}</caption>
            <thead>
              <tr>
                {props.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {props.rows().map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={props.columns[column]} class={typeof cell === 'number' ? 'number' : undefined}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
