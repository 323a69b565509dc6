import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Schemas } from '#client';
import type { Draw } from './draw.js';

const JOBS = '/v1/sampling-jobs';
const AGAIN_MS = 250;
const ANSWER_MS = 10_000;

const Accepted = z.looseObject({ id: z.string() });
const Problem = z.looseObject({ code: z.string() });

export interface ProducerOptions {
  /** Of the API; asked for before each request. */
  readonly url: () => string;
  readonly requests: readonly Schemas['SamplingRequest'][];
  readonly draw: Draw;
  /** Share of the jobs that are sent twice at the same time, with the same key. */
  readonly twice: number;
}

/**
 * Sends jobs until each is acknowledged: a lost connection and `503 outcome_unknown` leave it unknown what
 * became of a request, so it is repeated with its key. What was refused with `503 queue_unavailable` must
 * never run; half of it is given up and another job takes its place.
 */
export class Producer {
  readonly answers = new Map<string, number>();
  readonly idsOfKeys = new Map<string, Set<string>>();
  #keys = 0;

  constructor(private readonly options: ProducerOptions) {}

  /** The id of a new job with one of the requests. */
  async submit(request: number): Promise<string> {
    const { draw, twice } = this.options;
    for (;;) {
      const key = `job-${this.#keys++}`;
      if (draw() >= twice) {
        const id = await this.#send(key, request, true);
        if (id !== undefined) return id;
        continue;
      }
      const [id] = await Promise.all([this.#send(key, request, false), this.#send(key, request, false)]);
      if (id !== undefined) return id;
    }
  }

  /** The status that was answered to a cancel, repeated until there is one besides 503. */
  async cancel(id: string): Promise<number> {
    for (;;) {
      const answer = await this.fetch(`${JOBS}/${id}/cancel`, { method: 'POST' });
      if (answer !== undefined && answer.status !== 503) return answer.status;
      await sleep(AGAIN_MS);
    }
  }

  /** A counted answer; undefined: none came. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response | undefined> {
    const answer = await this.#answerOf(path, init);
    const mustWait = answer?.status === 503 || answer?.status === 429;
    const hasHint = answer?.headers.has('retry-after') === true;
    const name = `${answer?.status ?? 'no answer'}${mustWait && !hasHint ? ' without Retry-After' : ''}`;
    this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    return answer;
  }

  /** The id of the job; undefined when it was refused for certain and given up. */
  async #send(key: string, request: number, mayGiveUp: boolean): Promise<string | undefined> {
    const { requests, draw } = this.options;
    let mayRun = !mayGiveUp;
    for (;;) {
      const answer = await this.fetch(JOBS, {
        method: 'POST',
        body: JSON.stringify(requests[request]),
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
      });
      const body: unknown = await answer?.json().catch(() => undefined);
      if (answer?.status === 202 && body !== undefined) {
        const { id } = Accepted.parse(body);
        this.idsOfKeys.set(key, (this.idsOfKeys.get(key) ?? new Set()).add(id));
        return id;
      }
      if (body === undefined || answer?.status !== 503) mayRun = true;
      else if (Problem.parse(body).code !== 'queue_unavailable') mayRun = true;
      else if (!mayRun && draw() < 0.5) return undefined;
      await sleep(AGAIN_MS);
    }
  }

  async #answerOf(path: string, init: RequestInit): Promise<Response | undefined> {
    try {
      return await fetch(`${this.options.url()}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch {
      return undefined; // the API is being killed, or late
    }
  }
}
