import type { Precision } from './backend.js';
import type { CachedModel } from './model-cache.js';
import type { RequestState } from './request-state.js';
import type { RowSlab } from './row-slab.js';
import { modelKey } from './thread-protocol.js';

export interface LaneOptions {
  readonly model: CachedModel;
  readonly precision: Precision;
  readonly kind: 'fused' | 'raw';
  readonly slab: RowSlab;
}

export function laneKey({ model, precision, kind }: LaneOptions): string {
  return `${modelKey(model.version, precision)}/${kind}`;
}

/** Requests whose rows may share a batch: one model version, one precision, one kind of plan. */
export class Lane {
  readonly model: CachedModel;
  readonly precision: Precision;
  readonly kind: 'fused' | 'raw';
  readonly slab: RowSlab;
  /** What a thread must have loaded to run it. */
  readonly modelKey: string;
  readonly requests = new Set<RequestState>();

  readonly key: string;

  constructor(options: LaneOptions) {
    const { model, precision, kind, slab } = options;
    this.key = laneKey(options);
    this.model = model;
    this.precision = precision;
    this.kind = kind;
    this.slab = slab;
    this.modelKey = modelKey(model.version, precision);
  }

  get runnableRows(): number {
    let rows = 0;
    for (const request of this.requests) rows += request.runnableRows;
    return rows;
  }
}
