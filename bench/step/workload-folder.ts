/** Writes a workload as plain files, for references in other languages (bench/step/torch). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParameterLayout } from '../../src/compute/types.ts';
import type { Workload } from './workloads.ts';

type Data = Float32Array | Int32Array;

export function writeWorkload(workload: Workload, folder: string, threads: number): void {
  mkdirSync(folder, { recursive: true });
  const save = (file: string, data: Data) => {
    writeFileSync(join(folder, file), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return file;
  };
  const layout = ({ entries }: ParameterLayout) =>
    entries.map(({ name, shape, offset, size }) => ({ name, shape, offset, size }));
  const { step, values, inputs } = workload;
  const description = {
    name: workload.name,
    kind: workload.kind,
    threads,
    batchSize: workload.batchSize,
    generator: workload.generator,
    discriminator: workload.discriminator,
    denoiser: workload.denoiser,
    loss: 'lsgan',
    lambdaL1: workload.lambdaL1,
    groups: Object.fromEntries(
      Object.entries(step.parameters).map(([group, own]) => [
        group,
        {
          file: save(`${group}.f32`, values[group]!),
          entries: layout(own),
          learningRate: workload.learningRates[group],
          adam: workload.optimizers[group],
        },
      ]),
    ),
    constants: Object.fromEntries(
      Object.entries(step.constants ?? {}).map(([group, constant]) => [
        group,
        { file: save(`constant-${group}.f32`, constant.values), entries: layout(constant.layout) },
      ]),
    ),
    inputs: Object.fromEntries(
      Object.entries(step.inputs).map(([name, { shape, dtype }]) => [
        name,
        { file: save(`input-${name}.bin`, inputs[name]!), shape, dtype: dtype ?? 'float32' },
      ]),
    ),
  };
  writeFileSync(join(folder, 'workload.json'), JSON.stringify(description));
}
