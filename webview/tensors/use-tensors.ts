import { useLayoutEffect, useState } from 'preact/hooks';
import type { LoraSpectrum, TensorEntry, TensorFile, TensorStatistics } from '../../src/protocol/tensors.ts';
import type { PendingState } from '../../src/protocol/webview/common.ts';
import {
  type TensorComparison,
  type TensorScan,
  type TensorsTarget,
  type TensorsUpdate,
  type TensorsViewState,
  tensorsView,
} from '../../src/protocol/webview/tensors.ts';
import { onNotification } from '../host/connection.ts';
import { useConnection } from '../host/use-connection.ts';

/** One row of the table: what the header says and, once the values were read, their statistics. */
export type TensorRow = TensorEntry & { statistics?: TensorStatistics };

export interface ShownTensors {
  file: TensorFile;
  rows: readonly TensorRow[];
  spectra: readonly LoraSpectrum[];
  scan: TensorScan;
  comparison?: TensorComparison | undefined;
}

interface Collected {
  file: TensorFile;
  statistics: ReadonlyMap<string, TensorStatistics>;
  spectra: ReadonlyMap<string, LoraSpectrum>;
  scan: TensorScan;
  comparison: TensorComparison | undefined;
}

/** Appends entries by name: what arrives twice counts once. */
function grow(
  collected: Omit<Collected, 'comparison'>,
  update: TensorsUpdate,
): Omit<Collected, 'comparison'> {
  return {
    file: collected.file,
    statistics: new Map([
      ...collected.statistics,
      ...update.statistics.map((statistics) => [statistics.name, statistics] as const),
    ]),
    spectra: new Map([
      ...collected.spectra,
      ...update.spectra.map((spectrum) => [spectrum.down, spectrum] as const),
    ]),
    scan: update.scan,
  };
}

/** Follows the file: its header at once, then what the engine finds as it reads on. */
export function useTensors(): {
  target: TensorsTarget | undefined;
  state: PendingState | { kind: 'ready'; shown: ShownTensors };
} {
  const { target, state } = useConnection<TensorsTarget, TensorsViewState>(
    tensorsView.connect,
    tensorsView.stateChanged,
  );
  const [collected, setCollected] = useState<Collected>();
  useLayoutEffect(() => {
    if (state.kind !== 'ready') return setCollected(undefined);
    const { file, comparison } = state;
    const empty = { file, statistics: new Map(), spectra: new Map(), scan: state.scan };
    setCollected({ ...grow(empty, state), comparison });
  }, [state]);
  useLayoutEffect(() => {
    onNotification(tensorsView.updated, (update) =>
      setCollected(
        (previous) =>
          previous && {
            ...grow(previous, update),
            comparison: update.comparison ?? previous.comparison,
          },
      ),
    );
  }, []);
  if (state.kind !== 'ready') return { target, state };
  if (collected === undefined || collected.file !== state.file) return { target, state: { kind: 'loading' } };
  const { file, statistics, spectra, scan, comparison } = collected;
  const rows = file.tensors.map((entry) => {
    const found = statistics.get(entry.name);
    return found ? { ...entry, statistics: found } : entry;
  });
  return {
    target,
    state: { kind: 'ready', shown: { file, rows, spectra: [...spectra.values()], scan, comparison } },
  };
}
