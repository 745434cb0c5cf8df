import { systemReason } from '../project/system-reason.ts';
import { UserError } from '../project/user-error.ts';

/** Exit codes of `dnw`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** Wrong command line, or YAML files that do not validate. */
  usage: 2,
  /** Stopped by the user before the end; the run can be resumed. */
  stopped: 130,
} as const;

export const EXIT_CODES_HELP = `Exit codes:
  ${EXIT.ok}    done
  ${EXIT.failed}    failed
  ${EXIT.usage}    wrong command line, or YAML files with errors
  ${EXIT.stopped}  stopped before the end; go on with --resume`;

/** A command line or YAML file that cannot be worked with: nothing was begun. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** What the system refuses for a reason that lies in the user's folders, with what to do about it. */
const MENDABLE: Readonly<Record<string, string>> = {
  EACCES: 'Check the permissions, or use a folder that you may write to.',
  EPERM: 'Check the permissions, or use a folder that you may write to.',
  EROFS: 'Copy the project to where you may write.',
  ENOSPC: 'Free some space; a run goes on with --resume.',
  EDQUOT: 'Free some space; a run goes on with --resume.',
  ENOTDIR: 'Rename or remove the file that stands where a folder should be.',
  EEXIST: 'Rename or remove the file that stands where a folder should be.',
};

/** What to show of an error: what the user can mend as it is, a bug with its stack. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const remedy = MENDABLE[code ?? ''];
  if (remedy !== undefined && path !== undefined) return `${path}: ${systemReason(error)}. ${remedy}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Unexpected error, please report it: ${detail}`;
}
