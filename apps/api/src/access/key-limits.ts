import { Injectable } from '@nestjs/common';
import { parseJobId } from '#contract';
import { Quotas, withDeadline, type CountedJob, type QuotaAnswer } from '#queue';
import { HttpProblem } from '../http/problem.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { hasEnded, statusOf } from '../jobs/read/job-view.js';
import { QueueConnection } from '../queue/queue-connection.js';
import type { Caller } from './caller.js';

const DEADLINE_MS = 2_000;
const LOOK_MS = 1_000;
const READ_AT_ONCE = 200;

/** Holds each key to its limits; a key without limits costs nothing here. */
@Injectable()
export class KeyLimits {
  private readonly lookedAt = new Map<string, number>();

  constructor(
    private readonly quotas: Quotas,
    private readonly reader: JobReader,
    private readonly connection: QueueConnection,
  ) {}

  /**
   * Counts a request. @returns headers that say what is left
   * @throws HttpProblem `rate_limited`; QueueUnavailableError
   */
  async takeRequest({ keyId, limits }: Caller): Promise<Readonly<Record<string, string>>> {
    if (limits?.requestsPerSecond === undefined) return {};
    this.connection.requireReady();
    const answer = await withDeadline(this.quotas.takeRequest(keyId, limits), DEADLINE_MS);
    if (answer.full !== undefined) throw refusal(answer);
    return headersOf(answer);
  }

  /**
   * Counts a job that is about to be added.
   * @returns whether this one counts, and not a repeat of it that is under way
   * @throws HttpProblem `quota_exceeded`; QueueUnavailableError
   */
  async takeJob(caller: Caller, job: CountedJob): Promise<boolean> {
    const { keyId, limits } = caller;
    if (limits === undefined) return false;
    if ((limits.rowStepsPerMinute ?? limits.rowStepsPerDay ?? limits.jobsQueued) === undefined) return false;
    const answer = await withDeadline(this.quotas.takeJob(keyId, limits, job), DEADLINE_MS);
    if (answer.full === undefined) return answer.isCounted;
    const hasRoom = answer.full === 'jobsQueued' && (await this.forgetEnded(keyId));
    if (hasRoom) return this.takeJob(caller, job);
    throw refusal(answer);
  }

  /** The job was not added after all. */
  async returnJob({ keyId }: Caller, job: CountedJob): Promise<void> {
    await this.quotas.returnJob(keyId, job);
  }

  /** Looks for jobs that have ended since, once a second. @returns whether there are any */
  private async forgetEnded(keyId: string): Promise<boolean> {
    const now = performance.now();
    if (now - (this.lookedAt.get(keyId) ?? -LOOK_MS) < LOOK_MS) return false;
    this.lookedAt.set(keyId, now);
    const open = await this.quotas.openJobs(keyId);
    let numEnded = 0;
    for (let start = 0; start < open.length; start += READ_AT_ONCE) {
      const ended = await this.endedAmong(open.slice(start, start + READ_AT_ONCE));
      await this.quotas.forgetJobs(keyId, ended);
      numEnded += ended.length;
    }
    return numEnded > 0;
  }

  private async endedAmong(ids: readonly string[]): Promise<string[]> {
    const ended = ids.map(async (id) => {
      const kind = parseJobId(id);
      const job = kind && (await this.reader.read(kind, id));
      return job === undefined || hasEnded(statusOf(job)) ? [id] : [];
    });
    return (await Promise.all(ended)).flat();
  }
}

/** RateLimit and RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers-10 writes them. */
function headersOf({ windows }: QuotaAnswer): Record<string, string> {
  if (windows.length === 0) return {};
  return {
    'RateLimit-Policy': windows.map(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`).join(', '),
    RateLimit: windows.map(({ name, left, secondsLeft }) => `"${name}";r=${left};t=${secondsLeft}`).join(', '),
  };
}

function refusal(answer: QuotaAnswer): HttpProblem {
  const { full, windows } = answer;
  const window = windows.find(({ name }) => name === full);
  const headers = { ...headersOf(answer), 'Retry-After': String(Math.max(window?.secondsLeft ?? 1, 1)) };
  if (window === undefined) return new HttpProblem('quota_exceeded', `jobsQueued of this key is used up`, { headers });
  const detail = `${window.name} of this key is ${window.limit}, and ${window.left} are left`;
  return new HttpProblem(full === 'requestsPerSecond' ? 'rate_limited' : 'quota_exceeded', detail, { headers });
}
