import type { Redis } from 'ioredis';
import { z } from 'zod';
import { WorkerInfo } from '#contract';
import { Heartbeats } from './heartbeats.js';
import { Keys } from '../keys.js';
import type { OnUnreadable } from '../stored-json.js';

/** Workers are updated before the API: what a newer one says besides is left out. */
const StoredInfo = z.object(WorkerInfo.shape);

/** The live workers. */
export class WorkerHeartbeats extends Heartbeats<WorkerInfo> {
  constructor(redis: Redis, prefix?: string, onUnreadable?: OnUnreadable) {
    const keys = new Keys(prefix);
    const key = (id: string) => keys.worker(id);
    super(redis, { what: 'worker', ids: keys.workers, key, schema: StoredInfo }, onUnreadable);
  }

  /** In the order of their starts. */
  override async list(): Promise<WorkerInfo[]> {
    const workers = await super.list();
    return workers.sort(
      (left, right) => left.startedAt.localeCompare(right.startedAt) || left.id.localeCompare(right.id),
    );
  }
}
