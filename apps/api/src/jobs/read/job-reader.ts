import { Injectable } from '@nestjs/common';
import { isWrongType, Keys, withDeadline, readJobs, parseStoredJob, type JobAnswers, type StoredJob } from '#queue';
import type { JobKind } from '#contract';
import { UnreadableRecords } from '#server';
import { QueueConnection } from '../../queue/queue-connection.js';

const DEADLINE_MS = 2_000;

/**
 * Reads jobs as they are now; everything about one job is read at one moment, and any number of jobs in one
 * round trip.
 */
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
    const jobs = await withDeadline(readJobs(this.connection.redis, this.keys, { kind, ids }), DEADLINE_MS);
    return ids.map((id, i) => parseStoredJob(kind, id, this.toAnswers(id, jobs[i] ?? [])));
  }

  /**
   * The script answers in these types. A key that holds another kind of value is nothing of ours: as good as
   * none.
   */
  private toAnswers(id: string, results: readonly unknown[]): JobAnswers {
    const answers = results.map((answer) => {
      if (!(answer instanceof Error)) return answer;
      if (!isWrongType(answer)) throw answer;
      this.unreadable.report(`a key of job ${id}`, answer);
      return undefined;
    });
    const [fields = [], ledger = [], activeAt = null, rank = null, numWaiting = 0, events = []] = answers;
    return { fields, ledger, activeAt, rank, numWaiting, events } as JobAnswers;
  }
}
