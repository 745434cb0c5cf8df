import { stat } from 'node:fs/promises';

/**
 * Size and times of a file: another stamp means that the file may have changed. A file can be replaced by one of the same
 * size and modification time, so the time of the last change of its entry counts too, which no program can set.
 * @returns undefined if the file cannot be accessed, which is reported when it is read
 */
export async function fileStamp(path: string): Promise<readonly number[] | undefined> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path);
    return [size, mtimeMs, ctimeMs];
  } catch {
    return undefined;
  }
}
