import { ERRORS, type ErrorCode, type ErrorKind, withCode } from '../protocol/errors.ts';

/** An error that the user can fix: the message says what is wrong, where, and what to do. Anything else thrown is a bug. */
export class UserError extends Error {
  override name = 'UserError';

  constructor(
    /** What kind of error it is; docs/troubleshooting.md describes each. */
    readonly kind: ErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Shown with the message, so that people and programs can look it up. */
  get code(): ErrorCode {
    return ERRORS[this.kind].code;
  }
}

/** What to show of anything that was thrown: its message, with the code of an error that the user can fix. */
export function shownMessage(error: unknown): string {
  if (error instanceof UserError) return withCode(error.message, error.code);
  return error instanceof Error ? error.message : String(error);
}
