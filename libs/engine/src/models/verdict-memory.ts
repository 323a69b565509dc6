/**
 * What earlier starts found out about models. Knows nothing of how it was found, and of where it is stored.
 */

import { createHash } from 'node:crypto';
import { arithmeticOf } from './arithmetic.js';
import type { BackendInfo, ModelSource } from '../backend/backend.js';
import type { ModelVerdict } from '../protocol/thread-protocol.js';
import type { Precision } from '#ddim';

/**
 * Keeps verdicts from one start to the next, by keys of 64 hexadecimal digits; what cannot be read was never
 * known.
 */
export interface VerdictStore {
  read(key: string): Promise<ModelVerdict | undefined>;
  write(key: string, verdict: ModelVerdict): Promise<void>;
}

/** Another number when a self-test looks at something else: what was found out before is found out anew. */
const SELF_TEST = 1;

/**
 * What was found out about models on this device, in earlier starts too. Nothing of it fails: a verdict that
 * is not known is found out again.
 */
export class VerdictMemory {
  constructor(
    private readonly store: VerdictStore | undefined,
    private readonly info: BackendInfo,
  ) {}

  async recall(source: ModelSource, precisions: readonly Precision[]): Promise<Map<Precision, ModelVerdict>> {
    const verdicts = new Map<Precision, ModelVerdict>();
    for (const precision of precisions) {
      const key = this.keyOf(source, precision);
      const verdict = key && (await this.store?.read(key).catch(() => undefined));
      if (verdict) verdicts.set(precision, verdict);
    }
    return verdicts;
  }

  keep(source: ModelSource, precision: Precision, verdict: ModelVerdict): void {
    const key = this.keyOf(source, precision);
    if (key) this.store?.write(key, verdict).catch(() => undefined);
  }

  /** The weights and all that computes with them. */
  private keyOf({ sha256 }: ModelSource, precision: Precision): string | undefined {
    if (sha256 === undefined) return undefined;
    const facts = [SELF_TEST, sha256, precision, ...arithmeticOf(this.info)];
    return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  }
}
