import { findLoraPairs } from '../../data/lora-pairs.ts';
import type { TensorReader } from '../../data/tensor-reader.ts';
import { DTYPE_BYTES } from '../../project/disk/safetensors-header.ts';
import type { LoraSpectrum, TensorStatistics } from '../../protocol/tensors.ts';
import { loraSpectrum } from './lora-spectrum.ts';
import { tensorStatistics } from './statistics.ts';

export interface ScanListener {
  /** Called after every piece that is read; counts bytes. */
  progress(done: number, total: number): void;
  tensor(statistics: TensorStatistics): void;
  spectrum(spectrum: LoraSpectrum): void;
}

/**
 * Reads a whole file and reports the statistics of every tensor, in file order, then the spectrum of every LoRA pair.
 * @throws UserError if the file ends before its tensors do
 */
export async function scanTensors(reader: TensorReader, listener: ScanListener): Promise<void> {
  const { tensors } = reader.header;
  const pairs = findLoraPairs(tensors).filter(({ hasMiddle }) => !hasMiddle);
  const widthOf = (name: string) => DTYPE_BYTES[reader.tensor(name).dtype];
  const sizeOf = (name: string) => reader.tensor(name).byteLength;
  const total = [...tensors.keys(), ...pairs.flatMap(({ down, up }) => [down, up])].reduce(
    (sum, name) => sum + sizeOf(name),
    0,
  );
  let done = 0;
  for (const name of tensors.keys()) {
    const statistics = await tensorStatistics(reader, name, (values) => {
      done += values * widthOf(name);
      listener.progress(done, total);
    });
    listener.tensor(statistics);
  }
  for (const pair of pairs) {
    const before = done;
    const spectrum = await loraSpectrum(reader, pair, () => listener.progress(done, total));
    done = before + sizeOf(pair.down) + sizeOf(pair.up);
    listener.spectrum(spectrum);
    listener.progress(done, total);
  }
}
