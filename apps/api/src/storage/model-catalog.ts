import { Injectable } from '@nestjs/common';
import { jobIdTime } from '#contract';
import { ModelNames, ModelRegistry, noModel, type ModelVersionRecord, type NameClaimant } from '#storage';
import { LOCAL_CALLER, maySee, type Caller } from '../access/caller.js';
import { requireName, requireSeen } from '../access/owned.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { hasEnded, statusOf } from '../jobs/read/job-view.js';

/**
 * For so long a name may still mean the version before the newest one; at 1,500 jobs/s that saves nearly
 * every disk access.
 */
const FRESH_MS = 250;
const MAX_REFERENCES = 1_000;
/** So long after its id was made a job may still be added, by whatever clock. */
const ADDED_MS = 300_000;

/** Model versions, remembered for the many requests that want the same ones. */
@Injectable()
export class ModelCatalog {
  private readonly records = new Map<string, { record: Promise<ModelVersionRecord>; until: number }>();

  constructor(
    private readonly registry: ModelRegistry,
    private readonly names: ModelNames,
    private readonly reader: JobReader,
  ) {}

  /** A version that the caller may use. @throws InputError `model_not_found`, also for a foreign one */
  async resolveFor(caller: Caller, reference: string): Promise<ModelVersionRecord> {
    return requireSeen(caller, await this.resolve(reference), () => noModel(reference));
  }

  /** Before anything is read; a claim comes after. @throws HttpProblem `name_taken`: it is somebody else's */
  async requireName(caller: Caller, name: string): Promise<void> {
    if (caller !== LOCAL_CALLER) requireName(caller, name, await this.names.whose(name, this.claimant(caller)));
  }

  /**
   * Takes a name for its caller: for good, or for a training job, until that has ended without a version.
   * @throws HttpProblem `name_taken`: it is somebody else's
   */
  async claimName(caller: Caller, name: string, job?: string): Promise<void> {
    if (caller !== LOCAL_CALLER) requireName(caller, name, await this.names.claim(name, this.claimant(caller, job)));
  }

  private claimant(caller: Caller, job?: string): NameClaimant {
    return {
      owner: caller.owner,
      ...(job !== undefined && { job }),
      mayWrite: (owner) => maySee(caller, owner),
      hasEnded: (id) => this.hasEnded(id),
    };
  }

  private async hasEnded(id: string): Promise<boolean> {
    const job = await this.reader.read('training', id);
    return job === undefined ? Date.now() - jobIdTime(id) > ADDED_MS : hasEnded(statusOf(job));
  }

  private resolve(reference: string): Promise<ModelVersionRecord> {
    const now = performance.now();
    const known = this.records.get(reference);
    if (known && known.until > now) return known.record;
    const record = this.registry.resolve(reference);
    this.remember(reference, { record, until: now + FRESH_MS });
    // A name that means nothing yet may mean something the next time.
    record.catch(() => this.records.delete(reference));
    return record;
  }

  /** What is read next is read from the disk. */
  forget(): void {
    this.records.clear();
  }

  /** The oldest entry makes room. */
  private remember(reference: string, entry: { record: Promise<ModelVersionRecord>; until: number }): void {
    this.records.delete(reference);
    const [oldest] = this.records.keys();
    if (this.records.size >= MAX_REFERENCES && oldest !== undefined) this.records.delete(oldest);
    this.records.set(reference, entry);
  }
}
