import { isWorkingFolderGone } from '../project/disk/working-folder.ts';
import { systemReason } from '../project/system-reason.ts';
import { UserError } from '../project/user-error.ts';
import { ERRORS, type ErrorCode, type ErrorKind, explainHint, withCode } from '../protocol/errors.ts';

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

const FREE_SPACE = 'Free some space, and try again.';
const FREE_SPACE_AND_RESUME = 'Free some space; to continue the run, use --resume.';

/** Kinds and remedies by system code, for errors that the user's folders cause. */
const SYSTEM_ERRORS: Readonly<Record<string, [ErrorKind, remedy: string]>> = {
  EACCES: ['no-permission', 'Check the permissions, or use a folder that you can write to.'],
  EPERM: ['no-permission', 'Check the permissions, or use a folder that you can write to.'],
  EROFS: ['read-only', 'Copy the project to a folder that you can write to.'],
  ENOSPC: ['disk-full', FREE_SPACE],
  EDQUOT: ['disk-full', FREE_SPACE],
  ENAMETOOLONG: ['unreadable', 'Use a shorter path.'],
  ELOOP: ['unreadable', 'Remove one of the links.'],
  ENOTDIR: ['name-taken', 'Rename or remove the file that is there instead of the folder.'],
  EEXIST: ['name-taken', 'Rename or remove the file that is there instead of the folder.'],
};

const WORKING_FOLDER_GONE =
  'The working folder no longer exists. Change to another folder, or give --project and all files by absolute paths.';

/** What is known of an error: its code, and the message if the user can fix it, or the stack if it is a bug. */
export interface ErrorDescription {
  readonly message: string;
  readonly code: ErrorCode;
}

/** @param inRun whether it ends a run, which can be resumed */
export function describeError(error: unknown, { inRun = false } = {}): ErrorDescription {
  if (error instanceof UserError) return { message: error.message, code: error.code };
  if (isWorkingFolderGone(error)) {
    return { message: WORKING_FOLDER_GONE, code: ERRORS['missing-path'].code };
  }
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const [kind, remedy] = SYSTEM_ERRORS[code ?? ''] ?? ['unexpected' as const];
  const { code: shown } = ERRORS[kind];
  if (remedy !== undefined) {
    const fitting = inRun && remedy === FREE_SPACE ? FREE_SPACE_AND_RESUME : remedy;
    return { message: `${path ?? 'A file or pipe'}: ${systemReason(error)}. ${fitting}`, code: shown };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `Unexpected error, please report it: ${detail}`, code: shown };
}

/** Lines for the terminal: what went wrong, with its code, and where to read more. */
export const failureLines = ({ message, code }: { message: string; code?: string | undefined }) =>
  code === undefined ? message : `${withCode(message, code)}\n${explainHint(code)}`;
