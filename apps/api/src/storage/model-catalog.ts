import { Injectable } from '@nestjs/common';
import { ModelRegistry, noModel, type ModelVersionRecord } from '#storage';
import { LOCAL_CALLER, type Caller } from '../access/caller.js';
import { requireName, requireSeen } from '../access/owned.js';

/**
 * For so long a name may still mean the version before the newest one; at 1,500 jobs/s that saves nearly
 * every disk access.
 */
const FRESH_MS = 250;
const MAX_REFERENCES = 1_000;

/** Model versions, remembered for the many requests that want the same ones. */
@Injectable()
export class ModelCatalog {
  private readonly records = new Map<string, { record: Promise<ModelVersionRecord>; until: number }>();

  constructor(private readonly registry: ModelRegistry) {}

  /** A version that the caller may use. @throws InputError `model_not_found`, also for a foreign one */
  async resolveFor(caller: Caller, reference: string): Promise<ModelVersionRecord> {
    return requireSeen(caller, await this.resolve(reference), () => noModel(reference));
  }

  /** Takes a name for its caller. @throws HttpProblem `name_taken`: it is somebody else's */
  async claimName(caller: Caller, name: string): Promise<void> {
    if (caller !== LOCAL_CALLER) requireName(caller, name, await this.registry.claimName(name, caller.owner));
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
