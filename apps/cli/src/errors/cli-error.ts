/** The user asked for something that cannot be: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something outside failed; the message says what to do, or the code does. Exit code 1, no stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}
