import { z } from 'zod';
import type { CancelRecord } from '#contract';
import { findCancelRecord } from './job-cancellation.js';

/**
 * How an attempt runs, or why it does not; `soloStarts` are the earlier ones in which the job ran alone, and
 * which had no orderly end.
 */
export type StartVerdict =
  | { readonly kind: 'shared' | 'alone' }
  /** Another attempt has the job by now, or its end was published. */
  | { readonly kind: 'over' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'poisonous'; readonly soloStarts: number }
  | { readonly kind: 'cancelled'; readonly cancel: CancelRecord }
  /** The job's records cannot be used. */
  | { readonly kind: 'unknown'; readonly reason: string };

const StartAnswer = z.compile(
  z.union([
    z.tuple([z.enum(['shared', 'alone', 'over', 'paused', 'poisonous']), z.int()]),
    z.tuple([z.enum(['cancelled', 'unknown']), z.string()]),
  ]),
);

/** @param answer of the Lua of START */
export function parseVerdict(answer: unknown): StartVerdict {
  const [kind, detail] = StartAnswer.parse(answer);
  if (kind === 'cancelled') {
    const cancel = findCancelRecord(detail);
    return cancel ? { kind, cancel } : { kind: 'unknown', reason: 'its cancel record cannot be read' };
  }
  if (kind === 'unknown') return { kind, reason: detail };
  if (kind === 'poisonous') return { kind, soloStarts: detail };
  return { kind };
}
