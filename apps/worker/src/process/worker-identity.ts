import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { WORKER_CONFIG, type WorkerConfig } from './worker.config.js';

/** Who this process is, in heartbeats, results and events. */
@Injectable()
export class WorkerIdentity {
  readonly host = hostname();
  readonly startedAt = new Date().toISOString();
  readonly id = `${this.host}-${process.pid}-${randomBytes(3).toString('hex')}`;
  /** Queues that it takes jobs from. */
  readonly queues: WorkerConfig['STRIDE_QUEUES'];

  constructor(@Inject(WORKER_CONFIG) config: Pick<WorkerConfig, 'STRIDE_QUEUES'>) {
    this.queues = config.STRIDE_QUEUES;
  }
}
