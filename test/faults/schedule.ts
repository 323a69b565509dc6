import { drawsOf } from './draw.js';
import type { FaultName } from './faults.js';

/** A fault and when it comes, in milliseconds since the first job; `draw` in [0, 1) says whom it hits. */
export interface ScheduledFault {
  readonly fault: FaultName;
  readonly atMs: number;
  readonly draw: number;
}

export interface Plan {
  /** Comes again and again until the last job was sent. */
  readonly every?: readonly { readonly fault: FaultName; readonly ms: number }[];
  /** Come when these shares of the jobs were sent. */
  readonly at?: readonly { readonly fault: FaultName; readonly shares: readonly number[] }[];
  /** Come one after the other, in an order that is drawn, over the first half of the run. */
  readonly shuffled?: readonly FaultName[];
}

/** The faults of a run of the given length, in order. Same plan, length and seed: the same schedule. */
export function scheduleOf(plan: Plan, runMs: number, seed: number): ScheduledFault[] {
  const draw = drawsOf(seed);
  const faults: ScheduledFault[] = [];
  for (const { fault, ms } of plan.every ?? [])
    for (let atMs = ms; atMs < runMs; atMs += ms) faults.push({ fault, atMs, draw: draw() });
  for (const { fault, shares } of plan.at ?? [])
    for (const share of shares) faults.push({ fault, atMs: Math.round(share * runMs), draw: draw() });
  const order = (plan.shuffled ?? []).map((fault) => ({ fault, place: draw() })).toSorted((a, b) => a.place - b.place);
  for (const [i, { fault }] of order.entries())
    faults.push({ fault, atMs: Math.round(((i + draw()) / order.length) * 0.5 * runMs), draw: draw() });
  return faults.toSorted((a, b) => a.atMs - b.atMs);
}
