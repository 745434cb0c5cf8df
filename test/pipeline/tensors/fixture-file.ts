import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TensorReader } from '../../../src/data/tensor-reader.ts';
import { type RawTensor, safetensorsBytes } from '../../data/safetensors-bytes.ts';
import { temporaryFolder } from '../../temporary-folders.ts';

export function tensorFile(tensors: Readonly<Record<string, RawTensor>>): string {
  const path = join(temporaryFolder(), 'tensors.safetensors');
  writeFileSync(path, safetensorsBytes(tensors));
  return path;
}

export function reading<T>(path: string, use: (reader: TensorReader) => Promise<T>): Promise<T> {
  return TensorReader.with(path, undefined, use);
}
