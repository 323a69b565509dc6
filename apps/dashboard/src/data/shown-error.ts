import { StrideError } from '#client';

/** Whatever was thrown, as an error to show. */
export function shownError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** Whether the same question may be answered later: nobody was there, or they had no time. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof StrideError) || (error.status ?? 503) >= 500;
}
