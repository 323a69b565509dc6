/** One trajectory: where its state lies, and how far it has come. Knows nothing of its numbers. */

import type { Notices } from './notices.js';
import type { Half } from '../memory/row-slab.js';

/** What a row needs to know of its request, and counts there. */
interface RowOwner {
  readonly numSteps: number;
  readonly notices: Notices;
  /** Rows × steps done. */
  rowSteps: number;
}

/** One trajectory from its first macro-step to its end: where its state lies, and how far it has come. */
export class Row<Owner extends RowOwner> {
  /** Steps done. */
  step = 0;
  half: Half = 0;
  /** No condition yet, and at step 0 no state: the thread makes them in the first macro-step. */
  fresh = true;
  /** It was in the hands of a thread that died; it runs alone once before it may join others again. */
  suspect = false;
  /** Steps that its API key was charged for in advance. */
  chargedSteps = 0;

  constructor(
    readonly owner: Owner,
    /** Index in its request. */
    readonly index: number,
    readonly slot: number,
  ) {}

  get stepsLeft(): number {
    return this.owner.numSteps - this.step;
  }

  get isDone(): boolean {
    return this.stepsLeft === 0;
  }

  /** Steps to the next preview that its request wants of it and may have now. */
  stepsToPreview(now: number): number | undefined {
    return this.index === 0 ? this.owner.notices.stepsToPreview(this.step, now) : undefined;
  }

  /**
   * Follows what a thread did: each macro-step wrote the other half. @returns steps that were the row's own,
   * idle ones not counted
   */
  advance(macroSteps: number, stepsPerCall: number): number {
    if (macroSteps === 0) return 0;
    const { step, half } = this.after(macroSteps, stepsPerCall);
    const steps = step - this.step;
    this.step = step;
    this.half = half;
    this.owner.rowSteps += steps;
    this.fresh = false;
    return steps;
  }

  /** Where it is once a thread has done so many macro-steps more. */
  after(macroSteps: number, stepsPerCall: number): { readonly step: number; readonly half: Half } {
    const step = Math.min(this.step + macroSteps * stepsPerCall, this.owner.numSteps);
    const isSwapped = macroSteps % 2 === 1;
    return { step, half: isSwapped === (this.half === 0) ? 1 : 0 };
  }
}
