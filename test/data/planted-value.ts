import { open, readFile, writeFile } from 'node:fs/promises';
import { readSafetensorsHeader } from '../../src/project/disk/safetensors-header.ts';

/**
 * Overwrites one value of a file's float32 tensor, as damage or another program might: the program itself writes no
 * value that is not a number.
 */
export async function plantValue(path: string, tensor: string, index: number, value: number): Promise<void> {
  const { tensors } = await readSafetensorsHeader(path);
  const file = await open(path, 'r+');
  try {
    await file.write(
      Buffer.from(Float32Array.of(value).buffer),
      0,
      4,
      tensors.get(tensor)!.byteOffset + 4 * index,
    );
  } finally {
    await file.close();
  }
}

/** Makes a file one of an earlier version, which had no checksum: its values may then be changed unnoticed. */
export async function removeChecksum(path: string): Promise<void> {
  const file = await readFile(path);
  const at = file.indexOf('"crc32":"');
  file.write('"other":"', at);
  await writeFile(path, file);
}
