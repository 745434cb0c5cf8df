import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../../src/data/random.ts';
import { readSafetensors, type Safetensors, safetensorsBytes } from '../../src/data/safetensors.ts';
import { CHECKSUM_KEY } from '../../src/data/safetensors-checksum.ts';
import { TensorReader } from '../../src/data/tensor-reader.ts';
import { describeError } from '../../src/engine/exit-codes.ts';
import { scanTensors } from '../../src/pipeline/tensors/scan.ts';
import { readSafetensorsHeader } from '../../src/project/disk/safetensors-header.ts';
import { faultsOfText } from './error-rules.ts';
import { mutateBytes, mutateJson } from './mutators.ts';
import type { MakeSubject } from './subject.ts';

const LENGTH_BYTES = 8;

const floats = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i) / 8);

/** A LoRA with two sections, and a file of several types of numbers, as the bytes of safetensors files. */
const ORIGINALS: readonly Buffer[] = [
  Buffer.concat(
    safetensorsBytes(
      'lora',
      {
        'unet.mid.lora_down.weight': { shape: [2, 16], data: floats(32) },
        'unet.mid.lora_up.weight': { shape: [16, 2], data: floats(32) },
        'unet.mid.alpha': { shape: [], data: floats(1) },
        'unet.out.lora_A.weight': { shape: [2, 8], data: floats(16) },
        'unet.out.lora_B.weight': { shape: [8, 2], data: floats(16) },
      },
      { prompt: 'a prompt', ss_network_dim: '2' },
    ),
  ),
  Buffer.concat(
    safetensorsBytes(
      'mixed',
      {
        weights: { shape: [3, 4, 5], data: floats(60) },
        counts: { shape: [4], data: Int32Array.from([1, 2, 3, 4]) },
        flags: { shape: [0], data: new Uint8Array() },
      },
      {},
    ),
  ),
];

/** Damages the bytes, the header's JSON, or its length. */
export function damagedFile(original: Buffer, random: Random): Buffer {
  const kind = random.int(3);
  if (kind === 0) return mutateBytes(original, random);
  const length = Number(original.readBigUInt64LE(0));
  const header = JSON.parse(original.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length)) as unknown;
  const json = Buffer.from(JSON.stringify(mutateJson(header, random)) ?? '');
  const prefix = Buffer.alloc(LENGTH_BYTES);
  const wrong = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 100_000_001n, BigInt(original.length)];
  prefix.writeBigUInt64LE(kind === 1 ? BigInt(json.length) : wrong[random.int(wrong.length)]!);
  return Buffer.concat([prefix, json, original.subarray(LENGTH_BYTES + length)]);
}

/** Mutated safetensors files, for the stages and for the editor. */
export const safetensorsSubject: MakeSubject = async (folder) => {
  const file = join(folder, 'damaged.safetensors');
  const sound: Safetensors[] = [];
  for (const original of ORIGINALS) {
    writeFileSync(file, original);
    sound.push(await readSafetensors(file));
  }
  const readers: readonly ((expected: Safetensors) => Promise<string[]>)[] = [
    async (expected) => {
      const read = await readSafetensors(file);
      // Damage can also take the checksum away.
      const isChecked = CHECKSUM_KEY in (await readSafetensorsHeader(file)).metadata;
      return isChecked && !isDeepStrictEqual(read, expected) ? ['a change was not noticed'] : [];
    },
    async () => {
      await TensorReader.with(file, undefined, (reader) =>
        scanTensors(reader, { progress: () => {}, tensor: () => {}, spectrum: () => {} }),
      );
      return [];
    },
  ];
  return {
    read: async (random) => {
      const which = random.int(ORIGINALS.length);
      writeFileSync(file, damagedFile(ORIGINALS[which]!, random));
      const faults: string[] = [];
      let accepted = true;
      for (const read of readers) {
        try {
          faults.push(...(await read(sound[which]!)));
        } catch (error) {
          accepted = false;
          faults.push(...faultsOfText(describeError(error).message, file));
        }
      }
      return { accepted, faults };
    },
  };
};
