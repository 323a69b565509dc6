import { extname } from 'node:path';
import type { PrecisionReports, DdimModel } from '#ddim';
import { runProbe } from './probe-process.js';

/** What the program is asked. */
export interface PrecisionQuestion {
  readonly model: DdimModel;
  /** See measurePrecisions. */
  readonly observations?: Float32Array | undefined;
}

interface PrecisionProbeOptions {
  /** Ends the measurement without a report. */
  readonly signal?: AbortSignal | undefined;
  readonly limitMs?: number;
}

const PROGRAM = new URL(`./precision-probe.program${extname(import.meta.url)}`, import.meta.url);
/**
 * 128 rows of 50 steps of the largest preset take seconds; a model that needs longer goes without a report.
 */
const DEFAULT_LIMIT_MS = 30_000;
const MEMORY_BYTES = 8 * 2 ** 30;

/**
 * Measures what other precisions cost a model, in a process of its own, so that neither native code nor its
 * arithmetic holds up this one.
 * @returns the reports, or why there are none; never throws
 */
export async function probePrecisions(
  question: PrecisionQuestion,
  { signal, limitMs = DEFAULT_LIMIT_MS }: PrecisionProbeOptions = {},
): Promise<PrecisionReports | { readonly failure: string }> {
  try {
    const limits = { limitMs, memoryBytes: MEMORY_BYTES, signal };
    const end = await runProbe<PrecisionReports>(PROGRAM, question, limits);
    if (end.answer?.kind === 'passed') return end.answer.result;
    if (end.answer) return { failure: end.answer.message };
    if (end.timedOut) return { failure: `no answer within ${limitMs} ms` };
    return { failure: `the process ended (${end.signal ?? 'without a signal'})` };
  } catch (error) {
    return { failure: String(error) };
  }
}
