import { EVENT_ID_PATTERN } from '#jobs';
import { HttpProblem } from '../http/problem.js';

/**
 * The place in a stream that a Last-Event-ID header names; without one, the beginning.
 * @throws HttpProblem `invalid_cursor`
 */
export function lastEventId(header: string | undefined): string {
  if (header === undefined || header === '') return '0-0';
  if (!EVENT_ID_PATTERN.test(header))
    throw new HttpProblem('invalid_cursor', 'Last-Event-ID: this is no id of an event');
  return header;
}
