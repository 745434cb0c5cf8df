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
  ${EXIT.stopped}  stopped before the end; continue with --resume`;

/** An unusable command line or YAML file: nothing was started. */
export class UsageError extends UserError {
  override name = 'UsageError';
}

export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** Remedies by error code, for system errors that are caused by the user's folders. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'Check the permissions, or use a folder that you can write to.',
  EPERM: 'Check the permissions, or use a folder that you can write to.',
  EROFS: 'Copy the project to a folder that you can write to.',
  ENOSPC: 'Free some space; to continue a run, use --resume.',
  EDQUOT: 'Free some space; to continue a run, use --resume.',
  ENOTDIR: 'Rename or remove the file in the place of the folder.',
  EEXIST: 'Rename or remove the file in the place of the folder.',
};

/** The text to show for an error: the message if the user can fix it, the stack if it is a bug. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const remedy = REMEDIES[code ?? ''];
  if (remedy !== undefined) return `${path ?? 'A file or pipe'}: ${systemReason(error)}. ${remedy}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Unexpected error, please report it: ${detail}`;
}
