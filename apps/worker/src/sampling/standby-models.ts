import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { planForModel } from '#ddim';
import { Engine } from '#engine';
import { ModelRegistry, type MlpVersionRecord, type ModelVersionRecord } from '#storage';
import { WORKER_CONFIG, type WorkerConfig } from '../process/worker.config.js';
import { modelKey, modelLabel } from './model-key.js';
import { ModelsInUse } from './models-in-use.js';

/** Of more models than that nobody knows which ones are asked for. */
const MAX_MODELS = 8;
/** Jobs wait no longer for a start. */
const MAX_MS = 10_000;

/**
 * Loads the newest version of the newest models before the worker takes jobs, so that the first of them does
 * not wait for that. Our own networks alone: what an imported graph may do to a process is found out by jobs,
 * which are counted when it dies.
 */
@Injectable()
export class StandbyModels {
  readonly #logger = new Logger(StandbyModels.name);

  constructor(
    private readonly registry: ModelRegistry,
    private readonly models: ModelsInUse,
    private readonly engine: Engine,
    @Inject(WORKER_CONFIG) private readonly config: WorkerConfig,
  ) {}

  /** Resolves when they are loaded, or after 10 s. What cannot be loaded is for its jobs to say. */
  async load(): Promise<void> {
    const loading = this.#loadAll().catch((error: unknown) => {
      this.#logger.warn(`no model was loaded ahead of its jobs: ${String(error)}`);
    });
    await Promise.race([loading, sleep(MAX_MS, undefined, { ref: false })]);
  }

  async #loadAll(): Promise<void> {
    const summaries = await this.registry.list();
    const newest = summaries.flatMap(({ versions }) => versions.toSorted(byAge).slice(0, 1)).toSorted(byAge);
    const numThreads = this.engine.stats().threads.length;
    // the weights once, and twice in the session of each thread
    const room = this.config.STRIDE_MODEL_MEMORY / (1 + 2 * numThreads);
    for (const record of standbyOf(newest, room)) await this.#load(record);
  }

  /** One row of one step brings the model to a thread. */
  async #load(record: MlpVersionRecord): Promise<void> {
    try {
      const reference = await this.registry.refer(record);
      await this.models.get(reference);
      const plan = planForModel(record, {
        guidanceScale: 1,
        guidanceRescale: 0,
        ...record.sampling,
        numInferenceSteps: 1,
      });
      await this.engine.submit({
        id: `standby ${modelLabel(record)}`,
        model: modelKey(reference),
        precision: 'float32',
        plan,
        direction: plan.direction,
        seed: 0,
        rows: 1,
        observations: new Float32Array(record.config.obsSize),
        samplesPerObservation: 1,
        priority: 'bulk',
      });
    } catch (error) {
      this.#logger.warn(`${modelLabel(record)} was not loaded ahead of its jobs: ${String(error)}`);
    }
  }
}

/** Those that are loaded ahead, of versions by their age, the newest first. @param room bytes */
export function standbyOf(newest: readonly ModelVersionRecord[], room: number): MlpVersionRecord[] {
  const chosen: MlpVersionRecord[] = [];
  let bytes = 0;
  for (const record of newest) {
    if (record.format === 'onnx' || record.hung !== undefined) continue;
    bytes += record.bytes;
    if (bytes > room || chosen.length === MAX_MODELS) break;
    chosen.push(record);
  }
  return chosen;
}

function byAge(left: ModelVersionRecord, right: ModelVersionRecord): number {
  return right.createdAt.localeCompare(left.createdAt);
}
