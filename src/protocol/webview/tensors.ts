import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type {
  LoraSpectrum,
  TensorDifference,
  TensorFile,
  TensorHistogram,
  TensorStatistics,
  UnmatchedTensors,
} from '../tensors.ts';
import type { Connected, PendingState } from './common.ts';

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

export const tensorsView = {
  connect: { method: 'tensors/connect' } as RequestType<void, Connected<TensorsTarget, TensorsViewState>>,
  /** The whole view changed: the file was read again. */
  stateChanged: { method: 'tensors/state' } as NotificationType<TensorsViewState>,
  updated: { method: 'tensors/updated' } as NotificationType<TensorsUpdate>,
  histogram: { method: 'tensors/histogram' } as RequestType<TensorHistogramRequest, TensorHistogram>,
  /** Reads the values again after a failure. */
  scan: { method: 'tensors/scan' } as RequestType<void, void>,
  /** Asks for a second file with the editor's dialog and compares. */
  compare: { method: 'tensors/compare' } as RequestType<void, void>,
  endComparison: { method: 'tensors/endComparison' } as RequestType<void, void>,
};
