import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TensorDifference, UnmatchedTensors } from '../../src/protocol/tensors.ts';
import type { TensorComparison } from '../../src/protocol/webview/tensors.ts';
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

/** A cosine similarity with six decimals: near 1, the first digits say nothing. */
const formatCosine = (cosine: number) => cosine.toFixed(6).replace('-', '−');

const columns = (): readonly Column<TensorDifference>[] => [
  { key: 'name', title: l10n.t('Name'), value: ({ name }) => name },
  number('distance', l10n.t('L2 of the difference'), formatNumber),
  number('relative', l10n.t('Relative change'), formatNumber),
  number('cosine', l10n.t('Cosine'), formatCosine),
  {
    key: 'nonFinite',
    title: l10n.t('Not finite'),
    number: true,
    value: ({ nonFinite }) => nonFinite,
    show: ({ nonFinite }) => (
      <span class={nonFinite > 0 ? 'unsound' : undefined}>{formatCount(nonFinite)}</span>
    ),
  },
];

export function Comparison(props: {
  comparison: TensorComparison;
  /** Whether a name passes the filter. */
  matches: (name: string) => boolean;
  onEnd: () => void;
  order: SortOrder | undefined;
  onOrder: (order: SortOrder) => void;
}): JSX.Element {
  const { comparison, matches, order, onOrder } = props;
  const { name, path, state, done, total, differences, unmatched, message } = comparison;
  const shownColumns = useMemo(columns, []);
  const rows = useMemo(() => differences.filter((row) => matches(row.name)), [differences, matches]);
  const changed = differences.filter(({ distance }) => distance > 0).length;
  return (
    <section aria-labelledby="comparison-title" class="comparison">
      <div class="section-head">
        <h2 id="comparison-title">
          {l10n.t('Compared with {0}', name)} <span class="muted">{path}</span>
        </h2>
        <Button onClick={props.onEnd}>{l10n.t('End comparison')}</Button>
      </div>
      {state === 'running' && (
        <div class="scan">
          <span role="status">{l10n.t('Comparing…')}</span>
          <ProgressBar label={l10n.t('Values compared')} done={done} total={total} />
        </div>
      )}
      {state === 'failed' && (
        <Notice kind="error">
          <strong>{l10n.t('The files could not be compared.')}</strong> {message}
        </Notice>
      )}
      {state === 'done' && (
        <p role="status">
          {l10n.t(
            '{0} of {1} tensors in both files differ.',
            formatCount(changed),
            formatCount(differences.length),
          )}
        </p>
      )}
      {differences.length > 0 && (
        <SortableTable
          caption={l10n.t('Differences: {0} minus this file', name)}
          columns={shownColumns}
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
    [l10n.t('Only in this file'), unmatched.onlyFirst],
    [l10n.t('Only in {0}', second), unmatched.onlySecond],
    [
      l10n.t('Different shape'),
      unmatched.mismatched.map((tensor) =>
        l10n.t(
          '{0}: {1} here, {2} there',
          tensor.name,
          formatShape(tensor.first),
          formatShape(tensor.second),
        ),
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
