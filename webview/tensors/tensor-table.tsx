import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FiniteMoments } from '../../src/protocol/tensors.ts';
import { formatCount, formatNumber, formatShare } from '../components/format.ts';
import { type Column, SortableTable, type SortOrder } from '../components/sortable-table.tsx';
import type { TensorRow } from './use-tensors.ts';

export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? l10n.t('scalar') : shape.join(' × ');
}

function moment(key: keyof FiniteMoments, title: string): Column<TensorRow> {
  const value = ({ statistics }: TensorRow) => statistics?.finite?.[key];
  return {
    key,
    title,
    number: true,
    value,
    show: (row) => {
      const found = value(row);
      return found === undefined ? missing(row) : formatNumber(found);
    },
  };
}

/** Text for a missing figure: a dash if the values were read, nothing if they have not been read yet. */
const missing = ({ statistics }: TensorRow) => (statistics ? '–' : '');

function count(key: 'nan' | 'inf', title: string): Column<TensorRow> {
  return {
    key,
    title,
    number: true,
    value: ({ statistics }) => statistics?.[key],
    show: ({ statistics }) =>
      statistics && (
        <span class={statistics[key] > 0 ? 'unsound' : undefined}>{formatCount(statistics[key])}</span>
      ),
  };
}

const zeroShare = ({ statistics, count: values }: TensorRow) =>
  statistics && values > 0 ? statistics.zeros / values : undefined;

const columnsOfTensors = (): readonly Column<TensorRow>[] => [
  { key: 'name', title: l10n.t('Name'), value: ({ name }) => name },
  { key: 'shape', title: l10n.t('Shape'), value: ({ shape }) => formatShape(shape) },
  { key: 'dtype', title: l10n.t('Type'), value: ({ dtype }) => dtype },
  {
    key: 'count',
    title: l10n.t('Values'),
    number: true,
    value: (row) => row.count,
    show: (row) => formatCount(row.count),
  },
  moment('norm', l10n.t('L2 norm')),
  moment('min', l10n.t('Min')),
  moment('max', l10n.t('Max')),
  moment('mean', l10n.t('Mean')),
  moment('std', l10n.t('Std. dev.')),
  count('nan', l10n.t('NaN')),
  count('inf', l10n.t('Inf')),
  {
    key: 'zeros',
    title: l10n.t('Zeros'),
    number: true,
    value: zeroShare,
    show: (row) => {
      const share = zeroShare(row);
      return share === undefined ? missing(row) : formatShare(share);
    },
  },
];

export function TensorTable(props: {
  rows: readonly TensorRow[];
  selected: string | undefined;
  onSelect: (name: string) => void;
  order: SortOrder | undefined;
  onOrder: (order: SortOrder) => void;
}): JSX.Element {
  const columns = useMemo(columnsOfTensors, []);
  return (
    <SortableTable
      caption={l10n.t('Tensors of the file')}
      columns={columns}
      keyOf={({ name }) => name}
      {...props}
    />
  );
}
