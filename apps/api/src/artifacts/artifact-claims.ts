import { Injectable } from '@nestjs/common';
import { ByteClaims, withDeadline } from '#queue';
import { noArtifact } from '#storage';
import { isAdmin, LOCAL_CALLER, type Caller } from '../access/caller.js';
import { HttpProblem } from '../http/problem.js';
import { QueueConnection } from '../queue/queue-connection.js';

const DEADLINE_MS = 2_000;

/** Which artifacts a caller may name: those that its owner has brought, and without keys all of them. */
@Injectable()
export class ArtifactClaims {
  constructor(
    private readonly claims: ByteClaims,
    private readonly connection: QueueConnection,
  ) {}

  /**
   * Before bytes are read: whether there may be so many more.
   * @param declared as the client says; a body of unknown length is judged when it is there
   * @throws HttpProblem `quota_exceeded`; QueueUnavailableError
   */
  async requireRoom({ owner, limits }: Caller, declared: number): Promise<void> {
    if (limits?.bytes === undefined) return;
    this.connection.requireReady();
    const sum = await withDeadline(this.claims.sum(owner), DEADLINE_MS);
    if (sum + Math.max(declared, 1) > limits.bytes) throw tooMany(limits.bytes);
  }

  /**
   * From now on the bytes are also the caller's.
   * @throws HttpProblem `quota_exceeded`; QueueUnavailableError
   */
  async take(caller: Caller, { sha256, bytes }: { sha256: string; bytes: number }): Promise<void> {
    if (caller === LOCAL_CALLER) return;
    this.connection.requireReady();
    const most = caller.limits?.bytes;
    const isTaken = await withDeadline(this.claims.take(caller.owner, { sha256, bytes }, most), DEADLINE_MS);
    if (!isTaken) throw tooMany(most);
  }

  /** @throws InputError `artifact_not_found`, also for a foreign one; QueueUnavailableError */
  async require(caller: Caller, sha256: string): Promise<void> {
    if (isAdmin(caller)) return;
    this.connection.requireReady();
    if (!(await withDeadline(this.claims.has(caller.owner, sha256), DEADLINE_MS))) throw noArtifact(sha256);
  }
}

/** Bytes that are not needed any more go with the hourly sweep. */
function tooMany(most: number | undefined): HttpProblem {
  const headers = { 'Retry-After': '3600' };
  return new HttpProblem('quota_exceeded', `bytes of this key's owner are limited to ${most}`, { headers });
}
