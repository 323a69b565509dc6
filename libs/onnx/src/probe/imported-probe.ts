import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { CancelledError, InputError } from '#ddim';
import type { ImportedTrialSettings, ImportedTrialResult } from '../import/imported-trial.js';
import { runProbe, type ProbeLimits } from './probe-process.js';

/** What the program is asked. */
export interface ImportedQuestion {
  readonly path: string;
  readonly model: ImportedTrialSettings;
}

export interface ImportedProbeOptions extends Partial<ProbeLimits> {
  /** Ends the trial. */
  readonly signal?: AbortSignal | undefined;
}

const PROGRAM = new URL(`./imported-probe.program${extname(import.meta.url)}`, import.meta.url);
const GIB = 2 ** 30;
/** The trial allows itself CPU time by what the file costs; this is for a machine that gives it none. */
const DEFAULT_LIMIT_MS = 10 * 60_000;
const LEAST_MEMORY_BYTES = 4 * GIB;
/**
 * The file, its encoding, ONNX Runtime's message, its weights, and those once more in the order of its
 * kernels.
 */
const MEMORY_PER_FILE_BYTE = 6;

/**
 * Tries an ONNX file in a process of its own, which may crash, hang or swell without harm to this one.
 * @throws InputError the codes of tryImported; `onnx_probe_crashed`, `onnx_probe_timed_out`,
 * `onnx_probe_out_of_memory`; CancelledError
 */
export async function probeImported(
  path: string,
  model: ImportedTrialSettings,
  { signal, ...given }: ImportedProbeOptions = {},
): Promise<ImportedTrialResult> {
  const { size } = await stat(path);
  const memoryBytes = Math.max(LEAST_MEMORY_BYTES, size * MEMORY_PER_FILE_BYTE);
  const limits = { limitMs: DEFAULT_LIMIT_MS, memoryBytes, ...given };
  const question: ImportedQuestion = { path: resolve(path), model }; // the process works elsewhere
  const end = await runProbe<ImportedTrialResult>(PROGRAM, question, { ...limits, signal });
  if (signal?.aborted) throw new CancelledError('cancelled');
  if (end.answer?.kind === 'passed') return end.answer.result;
  if (end.answer) throw new InputError(end.answer.code, end.answer.message, { field: end.answer.field });
  if (end.timedOut)
    throw new InputError(
      'onnx_probe_timed_out',
      'the ONNX file must answer a few hundred rows in the time that its size and its first row let expect, and took longer',
    );
  if (end.outOfMemory)
    throw new InputError(
      'onnx_probe_out_of_memory',
      `the ONNX file must run within ${limits.memoryBytes} bytes of memory`,
    );
  throw new InputError(
    'onnx_probe_crashed',
    `the ONNX file made its process end (${end.signal ?? 'without a signal'})`,
  );
}
