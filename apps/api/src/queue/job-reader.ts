import { Injectable } from '@nestjs/common';
import { Keys, withDeadline, type JobKind } from '#jobs';
import { QueueConnection } from './queue-connection.js';
import { JOB_FIELDS, LEDGER_FIELDS, parseStoredJob, type JobAnswers, type StoredJob } from './stored-job.js';

const NEWEST_EVENTS = 8;
const DEADLINE_MS = 2_000;
const COMMANDS_PER_JOB = 6;

/** Reads jobs as they are now; everything about one job is read at one moment, and any number of jobs in one round trip. */
@Injectable()
export class JobReader {
  private readonly keys = new Keys();

  constructor(private readonly connection: QueueConnection) {}

  /** @throws QueueUnavailableError */
  async read(kind: JobKind, id: string): Promise<StoredJob | undefined> {
    const [job] = await this.readAll(kind, [id]);
    return job;
  }

  /** In the order of `ids`, with undefined for those that are gone. @throws QueueUnavailableError */
  async readAll(kind: JobKind, ids: readonly string[]): Promise<(StoredJob | undefined)[]> {
    if (ids.length === 0) return [];
    this.connection.requireReady();
    const transaction = this.connection.redis.multi();
    for (const id of ids) {
      transaction
        .hmget(this.keys.job(kind, id), ...JOB_FIELDS)
        .hmget(this.keys.ledger(id), ...LEDGER_FIELDS)
        // The list of active jobs is as long as the workers' concurrency, not as the queue.
        .lpos(this.queueKey(kind, 'active'), id)
        .zrank(this.queueKey(kind, 'prioritized'), id)
        .llen(this.queueKey(kind, 'wait'))
        .xrevrange(this.keys.events(id), '+', '-', 'COUNT', NEWEST_EVENTS);
    }
    const answers = (await withDeadline(transaction.exec(), DEADLINE_MS)) ?? [];
    return ids.map((id, i) => {
      const own = answers.slice(i * COMMANDS_PER_JOB, (i + 1) * COMMANDS_PER_JOB);
      return parseStoredJob(kind, id, toAnswers(own));
    });
  }

  private queueKey(kind: JobKind, list: string): string {
    return `${this.keys.prefix}:${kind}:${list}`;
  }
}

/** The commands above answer in these types. */
function toAnswers(results: readonly [error: Error | null, answer: unknown][]): JobAnswers {
  const failed = results.find(([error]) => error !== null)?.[0];
  if (failed) throw failed;
  const [fields, ledger, activeAt, rank, numWaiting, events] = results.map(([, answer]) => answer);
  return { fields, ledger, activeAt, rank, numWaiting, events } as JobAnswers;
}
