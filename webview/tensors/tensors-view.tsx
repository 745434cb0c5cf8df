import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useCallback, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import { type TensorsTarget, tensorsView } from '../../src/protocol/webview/tensors.ts';
import { formatBytes, formatCount } from '../components/format.ts';
import { Notice, Pending } from '../components/pending.tsx';
import { plural } from '../components/plural.ts';
import { ProgressBar } from '../components/progress-bar.tsx';
import type { SortOrder } from '../components/sortable-table.tsx';
import { Button, TextFilter } from '../components/toolkit.tsx';
import { messageOf, persist, readViewState, request } from '../host/connection.ts';
import { Comparison } from './comparison.tsx';
import { LoraProducts } from './lora-products.tsx';
import { Metadata } from './metadata.tsx';
import { TensorDistribution } from './tensor-distribution.tsx';
import { TensorTable } from './tensor-table.tsx';
import { type ShownTensors, useTensors } from './use-tensors.ts';

/** What the page keeps while it is hidden, and across a reload. */
interface Selection {
  filter: string;
  tensor?: string;
  product?: string;
  /** Sort order by table. */
  orders: Record<string, SortOrder>;
}

export function TensorsView(): JSX.Element {
  const { target, state } = useTensors();
  if (state.kind !== 'ready') return <Pending state={state} words={pendingWords()} />;
  return <Shown target={target!} shown={state.shown} />;
}

function pendingWords(): Record<PendingState['kind'], string> {
  return {
    loading: l10n.t('Loading tensors…'),
    empty: l10n.t('No tensors yet'),
    error: l10n.t('Cannot show tensors'),
  };
}

function Shown({ target, shown }: { target: TensorsTarget; shown: ShownTensors }): JSX.Element {
  const [selection, setSelection] = useState<Selection>(() => ({
    filter: '',
    orders: {},
    ...readViewState<Selection>(),
  }));
  const [failure, setFailure] = useState<string>();
  useLayoutEffect(() => persist(target, selection), [target, selection]);
  const change = (part: Partial<Selection>) => setSelection((previous) => ({ ...previous, ...part }));
  const ordered = (table: string) => ({
    order: selection.orders[table],
    onOrder: (order: SortOrder) => change({ orders: { ...selection.orders, [table]: order } }),
  });
  const ask = (type: typeof tensorsView.scan) => {
    setFailure(undefined);
    request(type, undefined).catch((error) => setFailure(messageOf(error)));
  };

  const { file, rows, spectra, scan, comparison } = shown;
  const wanted = selection.filter.trim().toLowerCase();
  const matches = useCallback((name: string) => name.toLowerCase().includes(wanted), [wanted]);
  const filtered = useMemo(() => rows.filter(({ name }) => matches(name)), [rows, matches]);
  const products = useMemo(
    () => spectra.filter(({ down, up }) => matches(down) || matches(up)),
    [spectra, matches],
  );
  const chosen = rows.find(({ name }) => name === selection.tensor);
  const unsound = rows.filter(({ statistics }) => statistics && statistics.nan + statistics.inf > 0).length;
  const values = file.tensors.reduce((sum, { count }) => sum + count, 0);
  const types = [...new Set(file.tensors.map(({ dtype }) => dtype))].join(', ');
  return (
    <main aria-busy={scan.state === 'running'}>
      <header class="view-header">
        <h1>{file.name}</h1>
        <p class="muted">
          {l10n.t(
            '{0}, {1} tensors, {2} values',
            formatBytes(file.size),
            formatCount(file.tensors.length),
            formatCount(values),
          )}
          {types && `, ${types}`}
        </p>
        <div class="controls">
          <TextFilter
            label={l10n.t('Filter by name')}
            value={selection.filter}
            onChange={(filter) => change({ filter })}
          />
          <Button onClick={() => ask(tensorsView.compare)}>{l10n.t('Compare with…')}</Button>
        </div>
        {scan.state === 'running' && (
          <div class="scan">
            <span role="status">{l10n.t('Reading the values…')}</span>
            <ProgressBar label={l10n.t('Values read')} done={scan.done} total={scan.total} />
          </div>
        )}
      </header>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {scan.state === 'failed' && (
        <Notice kind="error" action={{ label: l10n.t('Try again'), onClick: () => ask(tensorsView.scan) }}>
          <strong>{l10n.t('The values could not be read.')}</strong> {scan.message}
        </Notice>
      )}
      {unsound > 0 && (
        <Notice kind="warning">
          {plural(
            unsound,
            l10n.t('{0} tensor holds values that are not finite numbers.', formatCount(unsound)),
            l10n.t('{0} tensors hold values that are not finite numbers.', formatCount(unsound)),
          )}{' '}
          {l10n.t('Sort the table by NaN or Inf to find them.')}
        </Notice>
      )}
      <Metadata metadata={file.metadata} />
      <section aria-labelledby="tensors-title">
        <h2 id="tensors-title">
          {l10n.t('Tensors')}{' '}
          {wanted && (
            <span class="muted" role="status">
              {l10n.t('{0} of {1}', formatCount(filtered.length), formatCount(rows.length))}
            </span>
          )}
        </h2>
        <TensorTable
          rows={filtered}
          selected={selection.tensor}
          onSelect={(tensor) => change({ tensor })}
          {...ordered('tensors')}
        />
        <p class="muted">
          {l10n.t(
            'L2 norm, minimum, maximum, mean and standard deviation are over the finite values; zeros are a share of all values.',
          )}
        </p>
        <TensorDistribution file={file} tensor={chosen} />
      </section>
      {spectra.length > 0 && (
        <LoraProducts
          spectra={products}
          selected={selection.product}
          onSelect={(product) => change({ product })}
          {...ordered('products')}
        />
      )}
      {comparison && (
        <Comparison
          comparison={comparison}
          matches={matches}
          onEnd={() => ask(tensorsView.endComparison)}
          {...ordered('comparison')}
        />
      )}
    </main>
  );
}
