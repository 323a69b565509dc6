/**
 * The model versions of an engine, their lanes, and what threads have made of them. Knows nothing of rows and
 * of who goes first.
 */

import { outputSize, type DdimError } from '#ddim';
import { conditionSize } from '../backend/backend.js';
import type { EngineOptions } from '../options.js';
import { asError, type Failure } from '../protocol/failure.js';
import { Lane, laneKey } from './lane.js';
import { ModelCache, type CachedModel } from './model-cache.js';
import type { ModelFacts } from '../report/observer.js';
import type { Reporter } from '../report/reporter.js';
import { RowSlab, slabKey } from '../memory/row-slab.js';
import type { ThreadPool } from '../threads/thread-pool.js';
import type { LoadReport } from '../protocol/thread-protocol.js';
import { VerdictMemory } from './verdict-memory.js';

interface EngineModelsOptions {
  readonly options: Pick<EngineOptions, 'modelMemoryBytes' | 'loadModel' | 'verdicts'>;
  readonly pool: ThreadPool;
  /** The model of this lane has gone. */
  readonly onGone: (lane: Lane) => void;
  readonly reporter: Reporter;
  readonly now: () => number;
}

/** The model versions of an engine: their bytes, their lanes, and what the threads have made of them. */
export class EngineModels {
  readonly cache: ModelCache;
  private readonly lanes = new Map<string, Lane>();
  private readonly slabsByShape = new Map<string, RowSlab>();
  /** Versions that at least one thread has loaded. */
  private readonly loaded = new Set<string>();
  /** Model keys whose self-test found that neighbours change bits. */
  private readonly variant = new Set<string>();

  private readonly verdicts: VerdictMemory;

  constructor(private readonly parts: EngineModelsOptions) {
    const { options, pool, now } = parts;
    const { precisions } = pool.capabilities;
    this.verdicts = new VerdictMemory(options.verdicts, pool.info);
    this.cache = new ModelCache({
      budgetBytes: options.modelMemoryBytes,
      threads: pool.threads.length,
      now,
      loadModel: (version) => options.loadModel(version),
      recall: (source) => this.verdicts.recall(source, precisions),
      onEvict: (model) => this.onEvict(model),
    });
  }

  get slabs(): RowSlab[] {
    return [...this.slabsByShape.values()];
  }

  /** The lane in which requests of this model, precision and kind of plan run. */
  laneFor(model: CachedModel, { precision, kind }: Pick<Lane, 'precision' | 'kind'>): Lane {
    const { source } = model;
    const shape = { outputSize: outputSize(source.config), conditionSize: conditionSize(source) };
    const slab = this.slabsByShape.get(slabKey(shape)) ?? new RowSlab(shape);
    this.slabsByShape.set(slabKey(shape), slab);
    const options = { model, precision, kind, slab };
    const lane = this.lanes.get(laneKey(options)) ?? new Lane(options);
    this.lanes.set(lane.key, lane);
    return lane;
  }

  lanesOf(version: string): Lane[] {
    return [...this.lanes.values()].filter((lane) => lane.model.version === version);
  }

  /** Whether rows in this lane may differ in their last bits from the same rows alone. */
  isVariant(lane: Lane): boolean {
    return this.variant.has(lane.modelKey);
  }

  /** A thread has loaded it, and has timed it. */
  onLoaded({ model: key, version, precision, seconds, verdict }: LoadReport): void {
    if (!verdict.batchInvariant) this.variant.add(key);
    for (const lane of this.lanesOf(version))
      if (lane.modelKey === key) {
        if (!lane.model.verdicts.has(precision)) this.verdicts.keep(lane.model.source, precision, verdict);
        lane.model.verdicts.set(precision, verdict);
        for (const sample of verdict.costs) lane.cost.observe(sample);
      }
    const isFirst = !this.loaded.has(version);
    this.loaded.add(version);
    if (isFirst) this.report(version, 'loaded', seconds);
  }

  /** A thread could not load it. @returns the error of all requests that wait for it */
  onLoadFailed(version: string, failure: Failure): DdimError {
    const error = asError(failure);
    this.cache.fail(version, error);
    this.report(version, 'failed', 0);
    return error;
  }

  private onEvict({ version }: CachedModel): void {
    for (const lane of this.lanesOf(version)) {
      this.lanes.delete(lane.key);
      this.parts.onGone(lane);
      this.variant.delete(lane.modelKey);
      for (const thread of this.parts.pool.threads) thread.unload(lane.modelKey);
    }
    if (this.loaded.delete(version)) this.report(version, 'evicted', 0);
  }

  private report(model: string, event: ModelFacts['event'], seconds: number): void {
    const { all, memoryBytes } = this.cache;
    this.parts.reporter.report('onModel', {
      model,
      event,
      seconds,
      modelsLoaded: all.length,
      loadedBytes: memoryBytes,
    });
  }
}
