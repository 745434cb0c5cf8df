import { TensorReader } from '../../data/tensor-reader.ts';
import { compareTensors } from '../../pipeline/tensors/compare.ts';
import { scanTensors } from '../../pipeline/tensors/scan.ts';
import { tensorHistogram } from '../../pipeline/tensors/statistics.ts';
import type { LoraSpectrum, TensorDifference, TensorStatistics } from '../../protocol/tensors.ts';
import type { ServeHandlers } from './server.ts';

/** Least time between two progress reports. */
const INTERVAL_MS = 100;

/** Collects findings and reports them together with the progress, at most ten times a second. */
class Batches {
  #last = performance.now();
  #progress = { done: 0, total: 0 };

  constructor(private readonly send: (progress: { done: number; total: number }) => void) {}

  progress(done: number, total: number): void {
    this.#progress = { done, total };
    if (performance.now() - this.#last >= INTERVAL_MS) this.flush();
  }

  flush(): void {
    this.#last = performance.now();
    this.send(this.#progress);
  }
}

export const scanTensorFile: ServeHandlers['tensorStatistics'] = async ({ file }, signal, report) => {
  let tensors: TensorStatistics[] = [];
  let spectra: LoraSpectrum[] = [];
  const batches = new Batches((progress) => {
    report({ ...progress, tensors, spectra });
    tensors = [];
    spectra = [];
  });
  await TensorReader.with(file, signal, (reader) =>
    scanTensors(reader, {
      progress: (done, total) => batches.progress(done, total),
      tensor: (statistics) => tensors.push(statistics),
      spectrum: (spectrum) => spectra.push(spectrum),
    }),
  );
  batches.flush();
  return null;
};

export const tensorFileHistogram: ServeHandlers['tensorHistogram'] = async (
  { file, tensor, bins },
  signal,
) => {
  return TensorReader.with(file, signal, (reader) => tensorHistogram(reader, tensor, bins));
};

export const compareTensorFiles: ServeHandlers['compareTensors'] = async (
  { file, second },
  signal,
  report,
) => {
  let differences: TensorDifference[] = [];
  const batches = new Batches((progress) => {
    report({ ...progress, differences });
    differences = [];
  });
  const unmatched = await TensorReader.with(file, signal, (own) =>
    TensorReader.with(second, signal, (other) =>
      compareTensors(own, other, {
        progress: (done, total) => batches.progress(done, total),
        difference: (difference) => differences.push(difference),
      }),
    ),
  );
  batches.flush();
  return unmatched;
};
