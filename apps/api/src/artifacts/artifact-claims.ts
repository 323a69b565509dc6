import { Injectable } from '@nestjs/common';
import { ByteClaims, withDeadline } from '#queue';
import { noArtifact } from '#storage';
import { isAdmin, LOCAL_CALLER, type Caller } from '../access/caller.js';
import { QueueConnection } from '../queue/queue-connection.js';

const DEADLINE_MS = 2_000;

/** Which artifacts a caller may name: those that its owner has brought, and without keys all of them. */
@Injectable()
export class ArtifactClaims {
  constructor(
    private readonly claims: ByteClaims,
    private readonly connection: QueueConnection,
  ) {}

  /** From now on the bytes are also the caller's. @throws QueueUnavailableError */
  async take(caller: Caller, { sha256, bytes }: { sha256: string; bytes: number }): Promise<void> {
    if (caller === LOCAL_CALLER) return;
    this.connection.requireReady();
    await withDeadline(this.claims.take(caller.owner, { sha256, bytes }), DEADLINE_MS);
  }

  /** @throws InputError `artifact_not_found`, also for a foreign one; QueueUnavailableError */
  async require(caller: Caller, sha256: string): Promise<void> {
    if (isAdmin(caller)) return;
    this.connection.requireReady();
    if (!(await withDeadline(this.claims.has(caller.owner, sha256), DEADLINE_MS))) throw noArtifact(sha256);
  }
}
