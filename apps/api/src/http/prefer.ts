import { HttpProblem } from './problem.js';

const MAX_WAIT_SECONDS = 60;

/**
 * Seconds of a `Prefer: wait=SECONDS` header (RFC 7240), at most 60; 0 when there is none.
 * A preference that cannot be understood is ignored, as the RFC asks.
 */
export function preferredWaitSeconds(header: string | undefined): number {
  for (const preference of (header ?? '').split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(;.*)?$/i.exec(preference);
    if (match) return Math.min(Number(match[1]), MAX_WAIT_SECONDS);
  }
  return 0;
}

/**
 * The client's Idempotency-Key, or undefined.
 * @throws HttpProblem `invalid_idempotency_key` unless it is 1 to 255 visible ASCII characters
 */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new HttpProblem('invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
  }
  return header;
}
