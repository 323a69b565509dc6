import { Injectable } from '@nestjs/common';
import { isWrongType, withDeadline, readJobs, parseStoredJob, type JobAnswers, type StoredJob } from '#queue';
import type { JobKind } from '#contract';
import { UnreadableRecords } from '#server';
import type { QueueConnection } from '../../queue/queue-connection.js';
import { QueueShards } from '../../queue/queue-shards.js';

const DEADLINE_MS = 2_000;

/**
 * Reads jobs as they are now; everything about one job is read at one moment, and any number of jobs of a
 * shard in one round trip.
 */
@Injectable()
export class JobReader {
  constructor(
    private readonly shards: QueueShards,
    private readonly unreadable: UnreadableRecords,
  ) {}

  /** @throws QueueUnavailableError */
  async read(kind: JobKind, id: string): Promise<StoredJob | undefined> {
    const [job] = await this.readAll(kind, [id]);
    return job;
  }

  /** In the order of `ids`, with undefined for those that are gone. @throws QueueUnavailableError */
  async readAll(kind: JobKind, ids: readonly string[]): Promise<(StoredJob | undefined)[]> {
    const groups = [...this.shards.group(ids)];
    for (const [shard] of groups) shard.requireReady();
    const found = await Promise.all(groups.map(([shard, its]) => this.readFrom(shard, kind, its)));
    if (found.length === 1 && found[0]?.length === ids.length) return found[0];
    const jobs = new Map(found.flat().map((job) => [job?.id, job]));
    return ids.map((id) => jobs.get(id));
  }

  private async readFrom(
    { redis, keys }: QueueConnection,
    kind: JobKind,
    ids: readonly string[],
  ): Promise<(StoredJob | undefined)[]> {
    const jobs = await withDeadline(readJobs(redis, keys, { kind, ids }), DEADLINE_MS);
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
