/** An error that the user can fix: the message says what is wrong, where, and what to do. Anything else thrown is a bug. */
export class UserError extends Error {
  override name = 'UserError';
}
