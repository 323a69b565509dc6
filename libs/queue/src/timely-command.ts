import type { Redis } from 'ioredis';
import { outcomeOf, QueueUnavailableError, withDeadline } from './gated-queue.js';
import { RedisClock } from './redis-clock.js';

/** So long an answer is waited for. */
const ANSWER_MS = 2_000;
/** By Redis' clock nothing is done later than this: what was given up is not done later. */
const DECIDED_MS = 1_700;

interface TimelyCommand<Answer> {
  /** Sends a command that does nothing after a time of Redis' clock, in milliseconds since 1970. */
  readonly send: (deadline: number) => Promise<Answer>;
  /** Whether an answer says that it came after that. */
  readonly isLate: (answer: Answer) => boolean;
}

/**
 * Does something in Redis within 2 s or never: a client that was answered 503 must not be surprised later.
 * @throws QueueUnavailableError when it was too late; OutcomeUnknownError when no answer came in time: what
 * is not done by then never will be, however late the command arrives
 */
export async function doInTime<Answer>(redis: Redis, { send, isLate }: TimelyCommand<Answer>): Promise<Answer> {
  const clock = RedisClock.of(redis);
  const startedAt = performance.now();
  const left = () => ANSWER_MS - (performance.now() - startedAt);
  const attempt = async () => {
    const deadline = await withDeadline(clock.deadline(left() - ANSWER_MS + DECIDED_MS), left());
    try {
      return await withDeadline(send(deadline), left());
    } catch (error) {
      throw outcomeOf(error);
    }
  };
  let answer = await attempt();
  // One that is late and yet comes at once speaks of a clock that was set: it is asked again.
  if (isLate(answer) && left() >= ANSWER_MS / 2) {
    await withDeadline(clock.refresh(), left());
    answer = await attempt();
  }
  if (isLate(answer)) throw new QueueUnavailableError();
  return answer;
}
