const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits before the second and each further attempt, as the specification proposes them. */
const DELAYS_MS = [5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS] as const;
/** Share of a wait that is added by chance, so that what failed together does not come back together. */
const JITTER = 0.1;
/** A receiver can put an attempt off, but not for days. */
const LONGEST_MS = 10 * HOUR_MS;

export const MAX_ATTEMPTS = DELAYS_MS.length + 1;

/**
 * Milliseconds until the next attempt.
 * @param attemptsMade how many have failed, from 1
 * @param waitMs for how long the receiver wants to be left alone
 */
export function retryDelay(attemptsMade: number, waitMs = 0, random: () => number = Math.random): number {
  const delay = DELAYS_MS[Math.min(attemptsMade, DELAYS_MS.length) - 1] ?? LONGEST_MS;
  return Math.round(Math.max(delay * (1 + JITTER * random()), Math.min(waitMs, LONGEST_MS)));
}

/** RFC 9110: seconds, or a date. @param now milliseconds since 1970 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(ms, 0) : 0;
}
