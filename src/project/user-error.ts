/** Something the user can mend: the message says what is wrong, where, and what to do. Anything else thrown is a bug. */
export class UserError extends Error {
  override name = 'UserError';
}
