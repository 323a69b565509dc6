import { Injectable } from '@nestjs/common';
import { isWrongType, Keys, withDeadline, type JobKind } from '#jobs';
import { UnreadableRecords } from '#server';
import { QueueConnection } from './queue-connection.js';
import { JOB_FIELDS, LEDGER_FIELDS, parseStoredJob, type JobAnswers, type StoredJob } from './stored-job.js';

const NEWEST_EVENTS = 8;
const DEADLINE_MS = 2_000;
const COMMANDS_PER_JOB = 6;

/** Reads jobs as they are now; everything about one job is read at one moment, and any number of jobs in one round trip. */
@Injectable()
export class JobReader {
  private readonly keys = new Keys();

  constructor(
    private readonly connection: QueueConnection,
    private readonly unreadable: UnreadableRecords,
  ) {}

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
      return parseStoredJob(kind, id, this.toAnswers(id, own));
    });
  }

  /** The commands above answer in these types. A key that holds another kind of value is nothing of ours: as good as none. */
  private toAnswers(id: string, results: readonly [error: Error | null, answer: unknown][]): JobAnswers {
    const answers = results.map(([error, answer]) => {
      if (error === null) return answer;
      if (!isWrongType(error)) throw error;
      this.unreadable.report(`a key of job ${id}`, error);
      return undefined;
    });
    const [fields = [], ledger = [], activeAt = null, rank = null, numWaiting = 0, events = []] = answers;
    return { fields, ledger, activeAt, rank, numWaiting, events } as JobAnswers;
  }

  private queueKey(kind: JobKind, list: string): string {
    return `${this.keys.prefix}:${kind}:${list}`;
  }
}
