import { extname } from 'node:path';
import type { Int8Report, DdimModel } from '#ddim';
import { runProbe } from './probe-process.js';

/** What the program is asked. */
export interface Int8Question {
  readonly model: DdimModel;
  /** See measureInt8. */
  readonly observations?: Float32Array | undefined;
}

interface Int8ProbeOptions {
  /** Ends the measurement without a report. */
  readonly signal?: AbortSignal | undefined;
  readonly limitMs?: number;
}

const PROGRAM = new URL(`./int8-probe.program${extname(import.meta.url)}`, import.meta.url);
/**
 * 128 rows of 50 steps of the largest preset take seconds; a model that needs longer goes without a report.
 */
const DEFAULT_LIMIT_MS = 30_000;
const MEMORY_BYTES = 8 * 2 ** 30;

/**
 * Measures what precision int8 costs a model, in a process of its own, so that neither native code nor its
 * arithmetic holds up this one.
 * @returns the report, or why there is none; never throws
 */
export async function probeInt8(
  question: Int8Question,
  { signal, limitMs = DEFAULT_LIMIT_MS }: Int8ProbeOptions = {},
): Promise<Int8Report | { readonly failure: string }> {
  try {
    const limits = { limitMs, memoryBytes: MEMORY_BYTES, signal };
    const end = await runProbe<Int8Report>(PROGRAM, question, limits);
    if (end.answer?.kind === 'passed') return end.answer.result;
    if (end.answer) return { failure: end.answer.message };
    if (end.timedOut) return { failure: `no answer within ${limitMs} ms` };
    return { failure: `the process ended (${end.signal ?? 'without a signal'})` };
  } catch (error) {
    return { failure: String(error) };
  }
}
