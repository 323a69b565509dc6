import { Injectable } from '@nestjs/common';
import { planForModel, type SamplingMode, type SamplingOptions, type StepPlan } from '#ddim';
import { ModelRegistry, type ModelVersionRecord } from '#storage';

/** For so long a name may still mean the version before the newest one; at 1,500 jobs/s that saves nearly every disk access. */
const FRESH_MS = 250;
const MAX_REFERENCES = 1_000;
const MAX_PLANS = 1_000;

/** Model versions and their step plans, remembered for the many requests that want the same ones. */
@Injectable()
export class ModelCatalog {
  private readonly records = new Map<string, { record: Promise<ModelVersionRecord>; until: number }>();
  private readonly plans = new Map<string, StepPlan>();

  constructor(private readonly registry: ModelRegistry) {}

  /** @throws InputError `model_not_found` */
  resolve(reference: string): Promise<ModelVersionRecord> {
    const now = performance.now();
    const known = this.records.get(reference);
    if (known && known.until > now) return known.record;
    const record = this.registry.resolve(reference);
    remember(this.records, reference, { record, until: now + FRESH_MS }, MAX_REFERENCES);
    // A name that means nothing yet may mean something the next time.
    record.catch(() => this.records.delete(reference));
    return record;
  }

  /** @throws InputError when the model cannot run these options */
  plan(record: ModelVersionRecord, options: SamplingOptions, mode: SamplingMode): StepPlan {
    const key = `${record.sha256} ${mode} ${JSON.stringify(options)}`;
    const known = this.plans.get(key);
    if (known) return known;
    const plan = planForModel(record, options, mode);
    remember(this.plans, key, plan, MAX_PLANS);
    return plan;
  }

  /** What is read next is read from the disk. */
  forget(): void {
    this.records.clear();
  }
}

/** Adds an entry; the oldest one makes room. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, limit: number): void {
  map.delete(key);
  const [oldest] = map.keys();
  if (map.size >= limit && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
