import type {
  FiniteMoments,
  LoraSpectrum,
  TensorDifference,
  TensorEntry,
  TensorFile,
  TensorHistogram,
  TensorStatistics,
  UnmatchedTensors,
} from '../tensors.ts';
import { connected, type PendingState, viewState } from './common.ts';
import {
  bins,
  either,
  exactly,
  having,
  list,
  literal,
  maybe,
  nothing,
  notificationType,
  number,
  numbers,
  oneOf,
  requestType,
  tableOf,
  text,
} from './schema.ts';

/** The contract of the Tensors view: the tensors of a safetensors file, their values, and the comparison with a second file. */

/** A safetensors file, as an absolute path. */
export interface TensorsTarget {
  file: string;
}

/** How far the engine is with reading the values. */
export type TensorScan =
  /** `done` and `total` in bytes; `total` is 0 until the engine has opened the file. */
  | { state: 'running'; done: number; total: number }
  | { state: 'done' }
  | { state: 'failed'; message: string };

/** The comparison with a second file; differences are second minus first. */
export interface TensorComparison {
  /** Absolute path of the second file. */
  path: string;
  name: string;
  state: 'running' | 'done' | 'failed';
  /** The reason why it failed. */
  message?: string;
  /** Number of values compared so far. */
  done: number;
  /** Number of values to compare. */
  total: number;
  differences: TensorDifference[];
  /** Set once the comparison is done. */
  unmatched?: UnmatchedTensors;
}

export type TensorsViewState =
  | PendingState
  | {
      kind: 'ready';
      file: TensorFile;
      scan: TensorScan;
      /** Statistics of the tensors read so far. */
      statistics: TensorStatistics[];
      spectra: LoraSpectrum[];
      comparison?: TensorComparison;
    };

/** Changes since the last update: statistics and spectra are appended, the rest is replaced. */
export interface TensorsUpdate {
  scan: TensorScan;
  statistics: TensorStatistics[];
  spectra: LoraSpectrum[];
  /** Absent if the comparison did not change. */
  comparison?: TensorComparison;
}

export interface TensorHistogramRequest {
  tensor: string;
  /** Number of bars, 4 to 512. */
  bins: number;
}

const target = having<TensorsTarget>({ file: text });

const scan = either<TensorScan>(
  'state',
  having<Extract<TensorScan, { state: 'running' }>>({
    state: literal('running'),
    done: number,
    total: number,
  }),
  having<Extract<TensorScan, { state: 'done' }>>({ state: literal('done') }),
  having<Extract<TensorScan, { state: 'failed' }>>({ state: literal('failed'), message: text }),
);

const statistics = list(
  having<TensorStatistics>({
    name: text,
    nan: number,
    inf: number,
    zeros: number,
    finite: maybe(
      having<FiniteMoments>({ min: number, max: number, mean: number, std: number, norm: number }),
    ),
  }),
);

const spectra = list(
  having<LoraSpectrum>({
    layer: text,
    down: text,
    up: text,
    rank: number,
    alpha: maybe(number),
    values: maybe(numbers),
    norm: maybe(number),
    effectiveRank: maybe(number),
    problem: maybe(text),
  }),
);

const comparison = maybe(
  having<TensorComparison>({
    path: text,
    name: text,
    state: oneOf(['running', 'done', 'failed']),
    message: maybe(text),
    done: number,
    total: number,
    differences: list(
      having<TensorDifference>({
        name: text,
        distance: number,
        relative: maybe(number),
        cosine: maybe(number),
        nonFinite: number,
      }),
    ),
    unmatched: maybe(
      having<UnmatchedTensors>({
        onlyFirst: list(text),
        onlySecond: list(text),
        mismatched: list(
          having<UnmatchedTensors['mismatched'][number]>({ name: text, first: numbers, second: numbers }),
        ),
      }),
    ),
  }),
);

const state = viewState(
  having<Extract<TensorsViewState, { kind: 'ready' }>>({
    kind: literal('ready'),
    file: having<TensorFile>({
      path: text,
      name: text,
      size: number,
      metadata: tableOf(text),
      tensors: list(having<TensorEntry>({ name: text, dtype: text, shape: numbers, count: number })),
    }),
    scan,
    statistics,
    spectra,
    comparison,
  }),
);

export const tensorsView = {
  connect: requestType('tensors/connect', nothing, connected(target, state)),
  /** The whole view changed: the file was read again. */
  stateChanged: notificationType('tensors/state', state),
  updated: notificationType(
    'tensors/updated',
    having<TensorsUpdate>({ scan, statistics, spectra, comparison }),
  ),
  histogram: requestType(
    'tensors/histogram',
    exactly<TensorHistogramRequest>({ tensor: text, bins }),
    having<TensorHistogram>({ edges: numbers, counts: numbers }),
  ),
  /** Reads the values again after a failure. */
  scan: requestType('tensors/scan', nothing, nothing),
  /** Asks for a second file with the editor's dialog and compares. */
  compare: requestType('tensors/compare', nothing, nothing),
  endComparison: requestType('tensors/endComparison', nothing, nothing),
};
