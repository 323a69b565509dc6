import type { Redis } from 'ioredis';
import { z } from 'zod';
import { RETURN_JOB_LISTS } from './bullmq/return-job.lua.js';
import { leadingJobId, type JobEvent, type JobKind } from '#contract';
import { eventLimits } from './job-events.js';
import type { HeldAttempt } from './job-ledger.js';
import { Keys } from './keys.js';
import { LIFETIMES } from './lifetimes.js';
import { unlessWrongType } from './stored-json.js';
import { letGoPaused, PARKED_SCORE, requestPause, resumeJob } from './scripts/pause-job.lua.js';
import { doInTime } from './timely-command.js';
import { Wakes } from './wake.js';

/** What came of it: a job that has ended, or whose cancel was accepted, is neither paused nor resumed. */
type PauseOutcome = 'accepted' | 'unknown' | 'finished' | 'cancelled';

interface PauseListener {
  readonly onPause: (jobId: string) => void;
  /** The subscription is up (again): what was sent before is lost. */
  readonly onSubscribed: () => void;
}

/**
 * Pauses jobs and lets them go on. An accepted pause is a time in the job's ledger, which keeps every worker
 * of this release from running it. Its place meanwhile is BullMQ's set of delayed jobs, due at the end of
 * time, which no worker looks at; a resume puts it back where its acceptance places it.
 *
 * | the job         | becomes paused                          | the pause ends by                 |
 * | --------------- | --------------------------------------- | --------------------------------- |
 * | waits           | at once, in the script of the request   | `resume`, or the script of cancel |
 * | runs            | when its worker lets go, by a checkpoint | the same; before, nothing is lost |
 * | lost its worker | when the next worker has looked at it   | the same                          |
 */
export class JobPauses {
  readonly #keys: Keys;

  /** @param subscriber a connection of its own, needed only by processes that subscribe */
  constructor(
    private readonly redis: Redis,
    private readonly subscriber?: Redis,
    prefix?: string,
  ) {
    this.#keys = new Keys(prefix);
  }

  /**
   * Pauses a job; a repeat changes nothing.
   * @throws QueueUnavailableError while Redis is away; OutcomeUnknownError when it does not answer within
   * 2 s: a job that is not paused by then never will be by this request
   */
  async pause(kind: JobKind, jobId: string): Promise<PauseOutcome> {
    const { maxLength } = eventLimits(kind);
    const keys = [...this.#record(kind, jobId), ...this.#lists(kind, ['prioritized', 'wait', 'delayed'])];
    const answer = await doInTime(this.redis, {
      send: async (deadline) => {
        const values = [jobId, deadline, eventText('paused'), maxLength, this.#keys.pauseChannel];
        return Answer.parse(await requestPause.run(this.redis, keys, values));
      },
      isLate: (answered) => answered === 'late',
    });
    return outcomeOf(answer);
  }

  /** Ends a pause, also one that was accepted and has not begun; otherwise like `pause`. */
  async resume(kind: JobKind, jobId: string): Promise<PauseOutcome> {
    const { maxLength, ttlSeconds } = eventLimits(kind);
    const keys = [...this.#record(kind, jobId), ...this.#lists(kind, ['prioritized', 'delayed', 'marker'])];
    const answer = await doInTime(this.redis, {
      send: async (deadline) => {
        const values = [jobId, deadline, eventText('resumed'), maxLength, ttlSeconds, LIFETIMES.ledgerMs];
        return Answer.parse(await resumeJob.run(this.redis, keys, values));
      },
      isLate: (answered) => answered === 'late',
    });
    return outcomeOf(answer);
  }

  /**
   * Gives the job of an attempt that stopped for a pause back; false when the attempt no longer held it. A
   * job that was resumed or cancelled meanwhile goes to the front of its class.
   */
  async letGo({ kind, jobId, token }: HeldAttempt): Promise<boolean> {
    const [job, ledger, events] = this.#record(kind, jobId);
    const keys = [...this.#lists(kind, RETURN_JOB_LISTS), ledger, events, ...this.#lists(kind, ['delayed'])];
    const values = [jobId, token, job, eventText('paused'), eventLimits(kind).maxLength];
    return z.number().parse(await letGoPaused.runByHash(this.redis, keys, values)) >= 0;
  }

  /** Those of these jobs that are to be paused. */
  async requested(jobIds: readonly string[]): Promise<readonly string[]> {
    const read = (jobId: string) => this.redis.hexists(this.#keys.ledger(jobId), 'pausedAt');
    const flags = await Promise.all(jobIds.map((jobId) => unlessWrongType(read(jobId), 0, () => undefined)));
    return jobIds.filter((_, i) => flags[i] === 1);
  }

  /** The jobs of a kind that are out of their queue. */
  async paused(kind: JobKind): Promise<readonly string[]> {
    return this.redis.zrangebyscore(this.#keys.job(kind, 'delayed'), PARKED_SCORE, '+inf');
  }

  async count(kind: JobKind): Promise<number> {
    return this.redis.zcount(this.#keys.job(kind, 'delayed'), PARKED_SCORE, '+inf');
  }

  /** Listens for accepted pauses; goes on by itself across reconnects. */
  async subscribe({ onPause, onSubscribed }: PauseListener): Promise<void> {
    if (this.subscriber === undefined) throw new TypeError('subscribing needs a connection of its own');
    await new Wakes(this.subscriber).subscribe(this.#keys.pauseChannel, (text) => {
      if (text === undefined) return onSubscribed();
      const jobId = leadingJobId(text);
      if (jobId !== undefined) onPause(jobId);
    });
  }

  #record(kind: JobKind, jobId: string): readonly [job: string, ledger: string, events: string] {
    return [this.#keys.job(kind, jobId), this.#keys.ledger(jobId), this.#keys.events(jobId)];
  }

  #lists(kind: JobKind, lists: readonly string[]): string[] {
    return lists.map((list) => this.#keys.job(kind, list));
  }
}

const Answer = z.enum(['paused', 'resumed', 'unknown', 'finished', 'cancelled', 'late']);

function outcomeOf(answer: z.output<typeof Answer>): PauseOutcome {
  if (answer === 'late') throw new TypeError('a late answer was let through');
  return answer === 'paused' || answer === 'resumed' ? 'accepted' : answer;
}

function eventText(type: 'paused' | 'resumed'): string {
  return JSON.stringify({ type } satisfies JobEvent);
}
