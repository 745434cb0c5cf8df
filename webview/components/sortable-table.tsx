import * as l10n from '@vscode/l10n';
import type { ComponentChildren, JSX } from 'preact';
import { useId, useMemo, useState } from 'preact/hooks';
import { useRoving } from './roving.ts';
import { TailText } from './tail-text.tsx';
import { Button } from './toolkit.tsx';

export interface Column<Row> {
  key: string;
  title: string;
  /** Whether the column has numbers, which are right-aligned and first sorted in descending order. */
  number?: boolean;
  /** What rows are sorted by; undefined comes last in both directions. */
  value: (row: Row) => string | number | undefined;
  /** Content of the cell; default: the value. */
  show?: (row: Row) => ComponentChildren;
}

export interface SortOrder {
  column: string;
  direction: 'ascending' | 'descending';
}

/** Rows drawn at first, and added by each press: thousands of rows at once would be slow. */
const PAGE = 200;

const TEXT_ORDER = new Intl.Collator('en', { numeric: true });

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: SortOrder | undefined,
): readonly Row[] {
  const column = columns.find(({ key }) => key === order?.column);
  if (order === undefined || column === undefined) return rows;
  const sign = order.direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * TEXT_ORDER.compare(String(left), String(right));
  });
}

/**
 * A table sorted by the buttons in its header. The first column names the row, and selects it if the table has
 * `onSelect`: then Tab stops at one row, and the arrow keys move up and down from there.
 */
export function SortableTable<Row>(props: {
  /** What the table holds, for its caption. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  order: SortOrder | undefined;
  onOrder: (order: SortOrder) => void;
  selected?: string | undefined;
  onSelect?: (key: string) => void;
}): JSX.Element {
  const { caption, columns, rows, keyOf, order, selected, onSelect } = props;
  const [limit, setLimit] = useState(PAGE);
  const id = useId();
  const roving = useRoving<HTMLTableSectionElement>('vertical', '.row-button');
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const shown = sorted.slice(0, limit);
  const [naming, ...others] = columns;
  const orderBy = ({ key, number }: Column<Row>) => {
    const first = number ? 'descending' : 'ascending';
    const second = number ? 'ascending' : 'descending';
    props.onOrder({
      column: key,
      direction: order?.column === key && order.direction === first ? second : first,
    });
  };
  const name = (row: Row) => <TailText text={String(naming!.value(row))} />;
  const content = (column: Column<Row>, row: Row) => column.show?.(row) ?? column.value(row) ?? '';
  return (
    <div class="sortable-table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section class="sortable-table-scroll" tabIndex={0} aria-labelledby={id}>
        <table>
          <caption id={id}>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => {
                const active = order?.column === column.key ? order.direction : undefined;
                return (
                  <th
                    key={column.key}
                    scope="col"
                    class={column.number ? 'number' : undefined}
                    aria-sort={active ?? 'none'}
                  >
                    <button type="button" class="sort-button" onClick={() => orderBy(column)}>
                      {column.title}
                      <span class="sort-mark" aria-hidden="true">
                        {active === 'ascending' ? '▲' : active === 'descending' ? '▼' : ''}
                      </span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody {...roving}>
            {shown.map((row) => {
              const key = keyOf(row);
              return (
                <tr key={key} class={key === selected ? 'selected' : undefined}>
                  <th scope="row">
                    {onSelect ? (
                      <button
                        type="button"
                        class="row-button"
                        aria-pressed={key === selected}
                        onClick={() => onSelect(key)}
                      >
                        {name(row)}
                      </button>
                    ) : (
                      name(row)
                    )}
                  </th>
                  {others.map((column) => (
                    <td key={column.key} class={column.number ? 'number' : undefined}>
                      {content(column, row)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {sorted.length > shown.length && (
        <p class="more-rows">
          {l10n.t('{0} of {1} rows.', shown.length, sorted.length)}{' '}
          <Button label={l10n.t('Show more rows: {0}', caption)} onClick={() => setLimit(limit + PAGE)}>
            {l10n.t('Show more')}
          </Button>
        </p>
      )}
    </div>
  );
}
