import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TensorDifference, UnmatchedTensors } from '../../src/protocol/tensors.ts';
import type { TensorComparison } from '../../src/protocol/webview.ts';
import { formatCount, formatNumber } from '../components/format.ts';
import { Notice } from '../components/pending.tsx';
import { ProgressBar } from '../components/progress-bar.tsx';
import { type Column, SortableTable, type SortOrder } from '../components/sortable-table.tsx';
import { Button } from '../components/toolkit.tsx';
import { formatShape } from './tensor-table.tsx';

const number = (
  key: 'distance' | 'relative' | 'cosine',
  title: string,
  format: (value: number) => string,
): Column<TensorDifference> => ({
  key,
  title,
  number: true,
  value: (difference) => difference[key],
  show: (difference) => {
    const found = difference[key];
    return found === undefined ? '–' : format(found);
  },
});

/** Near 1 the first digits say nothing. */
const formatCosine = (cosine: number) => cosine.toFixed(6).replace('-', '−');

const COLUMNS: readonly Column<TensorDifference>[] = [
  { key: 'name', title: 'Name', value: ({ name }) => name },
  number('distance', 'L2 of the difference', formatNumber),
  number('relative', 'Relative change', formatNumber),
  number('cosine', 'Cosine', formatCosine),
  {
    key: 'nonFinite',
    title: 'Not finite',
    number: true,
    value: ({ nonFinite }) => nonFinite,
    show: ({ nonFinite }) => (
      <span class={nonFinite > 0 ? 'unsound' : undefined}>{formatCount(nonFinite)}</span>
    ),
  },
];

export function Comparison(props: {
  comparison: TensorComparison;
  /** Whether a name is one that the filter lets through. */
  matches: (name: string) => boolean;
  onEnd: () => void;
  order: SortOrder | undefined;
  onOrder: (order: SortOrder) => void;
}): JSX.Element {
  const { comparison, matches, order, onOrder } = props;
  const { name, path, state, done, total, differences, unmatched, message } = comparison;
  const rows = useMemo(() => differences.filter((row) => matches(row.name)), [differences, matches]);
  const changed = differences.filter(({ distance }) => distance > 0).length;
  return (
    <section aria-labelledby="comparison-title" class="comparison">
      <div class="section-head">
        <h2 id="comparison-title">
          Compared with {name} <span class="muted">{path}</span>
        </h2>
        <Button onClick={props.onEnd}>End comparison</Button>
      </div>
      {state === 'running' && (
        <div class="scan">
          <span role="status">Comparing…</span>
          <ProgressBar label="Values compared" done={done} total={total} />
        </div>
      )}
      {state === 'failed' && (
        <Notice kind="error">
          <strong>The files could not be compared.</strong> {message}
        </Notice>
      )}
      {state === 'done' && (
        <p role="status">
          {formatCount(changed)} of {formatCount(differences.length)} tensors that both files have differ.
        </p>
      )}
      {differences.length > 0 && (
        <SortableTable
          caption={`Differences: ${name} minus this file`}
          columns={COLUMNS}
          rows={rows}
          keyOf={(row) => row.name}
          order={order}
          onOrder={onOrder}
        />
      )}
      {unmatched && <Unmatched unmatched={unmatched} second={name} />}
    </section>
  );
}

function Unmatched({ unmatched, second }: { unmatched: UnmatchedTensors; second: string }): JSX.Element {
  const lists: [string, string[]][] = [
    ['Only in this file', unmatched.onlyFirst],
    [`Only in ${second}`, unmatched.onlySecond],
    [
      'Of another shape',
      unmatched.mismatched.map(
        (tensor) => `${tensor.name}: ${formatShape(tensor.first)} here, ${formatShape(tensor.second)} there`,
      ),
    ],
  ];
  return (
    <>
      {lists
        .filter(([, names]) => names.length > 0)
        .map(([title, names]) => (
          <details key={title} class="unmatched" open={names.length <= 20}>
            <summary>
              {title}: {formatCount(names.length)}
            </summary>
            <ul>
              {names.map((name) => (
                <li key={name}>{name}</li>
              ))}
            </ul>
          </details>
        ))}
    </>
  );
}
