import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { TensorReader } from '../../../src/data/tensor-reader.ts';
import { type RawTensor, safetensorsBytes } from '../../data/safetensors-bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tensors-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

export function tensorFile(tensors: Readonly<Record<string, RawTensor>>): string {
  const path = join(folder, `${files++}.safetensors`);
  writeFileSync(path, safetensorsBytes(tensors));
  return path;
}

export function reading<T>(path: string, use: (reader: TensorReader) => Promise<T>): Promise<T> {
  return TensorReader.with(path, undefined, use);
}
