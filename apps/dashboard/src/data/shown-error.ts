/** Whatever was thrown, as an error to show. */
export function shownError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
