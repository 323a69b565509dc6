/**
 * What rows have in common that may share a batch, and how fast it is. Knows nothing of requests and of who
 * goes first.
 */

import { CostModel } from './cost-model.js';
import type { CachedModel } from './model-cache.js';
import type { RowSlab } from '../memory/row-slab.js';
import { loadedModelKey, type RunReport } from '../protocol/thread-protocol.js';
import type { Precision } from '#ddim';

/** A row-step costs what it costs in a batch of this size. */
const USUAL_BATCH_ROWS = 32;

interface LaneOptions {
  readonly model: CachedModel;
  readonly precision: Precision;
  readonly kind: 'fused' | 'raw';
  readonly slab: RowSlab;
}

/**
 * What rows have in common that may share a batch: one model version, one precision, one kind of plan; and
 * what is known of its speed.
 */
export class Lane {
  readonly key: string;
  readonly model: CachedModel;
  readonly precision: Precision;
  readonly kind: 'fused' | 'raw';
  readonly slab: RowSlab;
  /** What a thread must have loaded to run it. */
  readonly modelKey: string;
  readonly cost = new CostModel();

  constructor(options: LaneOptions) {
    const { model, precision, kind, slab } = options;
    this.key = laneKey(options);
    this.model = model;
    this.precision = precision;
    this.kind = kind;
    this.slab = slab;
    this.modelKey = loadedModelKey(model.version, precision);
  }

  /** ms of one row for one step. */
  get rowStepMs(): number {
    return this.cost.stepMs(USUAL_BATCH_ROWS) / USUAL_BATCH_ROWS;
  }

  /** Learns from the calls of one batch; those that a rejected batch was repeated in say nothing. */
  learn(stepsPerCall: number, { calls, rejected }: RunReport): void {
    if (rejected) return;
    for (const { seconds, outsideSeconds, noiseSeconds, noisyRows, networkRows } of calls) {
      const msPerStep = ((seconds + outsideSeconds - noiseSeconds) * 1e3) / stepsPerCall;
      this.cost.observe({ numRows: networkRows, msPerStep });
      if (noisyRows > 0) this.cost.observeNoise((noiseSeconds * 1e3) / noisyRows / stepsPerCall);
    }
  }
}

export function laneKey({ model, precision, kind }: Omit<LaneOptions, 'slab'>): string {
  return `${loadedModelKey(model.version, precision)}/${kind}`;
}
