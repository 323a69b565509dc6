import { EVENT_ID_PATTERN } from '#queue';
import { HttpProblem } from '../../http/problem.js';

const END = 2n ** 64n - 1n;

/**
 * The place in a stream that a Last-Event-ID header names; without one, the beginning.
 * @throws HttpProblem `invalid_cursor` for what no event can have, or can come after: ids are two numbers of
 * 64 bits
 */
export function lastEventId(header: string | undefined): string {
  if (header === undefined || header === '') return '0-0';
  const [time, sequence] = EVENT_ID_PATTERN.test(header) ? header.split('-').map(BigInt) : [];
  if (time === undefined || sequence === undefined || time > END || sequence >= END)
    throw new HttpProblem('invalid_cursor', 'Last-Event-ID: this is no id of an event');
  return header;
}
