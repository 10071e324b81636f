/**
 * A mistake of the person who called us: a wrong option, a configuration that cannot be read, a path that is not there.
 * The command line prints its message as one line and exits with 2; the message says what is wrong and what would be right.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
