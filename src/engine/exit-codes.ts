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

/** What to show of an error: what the user can mend as it is, a bug with its stack. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Unexpected error, please report it: ${detail}`;
}
