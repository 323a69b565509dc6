import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Who this process is, in heartbeats, results and events. */
export class WorkerIdentity {
  readonly host = hostname();
  readonly startedAt = new Date().toISOString();
  readonly id = `${this.host}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
