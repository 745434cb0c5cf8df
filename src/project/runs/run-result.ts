import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES, type RunResult } from '../../protocol/run.ts';
import { readText } from '../disk/regular-file.ts';
import { UserError } from '../user-error.ts';

/**
 * Whether a run has finished successfully, so that it cannot be resumed.
 * @throws UserError if its result is damaged
 */
export async function hasSucceeded(folder: string): Promise<boolean> {
  const file = join(folder, RUN_FILES.result);
  if (!existsSync(file)) return false;
  let result: Partial<RunResult> | null;
  try {
    result = JSON.parse(await readText(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw damagedResult(file);
    throw error;
  }
  if (result?.status !== 'succeeded' && result?.status !== 'stopped') throw damagedResult(file);
  return result.status === 'succeeded';
}

function damagedResult(file: string): UserError {
  return new UserError(
    'damaged-run',
    `${file}: damaged, so it does not say whether the run has finished. Delete it and resume, or start a new run.`,
  );
}
