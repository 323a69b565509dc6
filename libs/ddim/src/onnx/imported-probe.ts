import { resolve } from 'node:path';
import { InputError } from '../errors.js';
import type { ImportedTrialModel, ImportedTrialResult } from './imported-trial.js';
import { runProbe, type ProbeLimits } from './probe-process.js';

/** What the program is asked. */
export interface ImportedQuestion {
  readonly path: string;
  readonly model: ImportedTrialModel;
}

const DEFAULT_LIMITS: ProbeLimits = { limitMs: 60_000, memoryBytes: 4 * 1_073_741_824 };

/**
 * Tries an ONNX file in a process of its own, which may crash, hang or swell without harm to this one.
 * @throws InputError the codes of tryImported; `onnx_probe_crashed`, `onnx_probe_timed_out`, `onnx_probe_out_of_memory`
 */
export async function probeImported(
  path: string,
  model: ImportedTrialModel,
  limits: ProbeLimits = DEFAULT_LIMITS,
): Promise<ImportedTrialResult> {
  const question: ImportedQuestion = { path: resolve(path), model }; // the process works elsewhere
  const end = await runProbe<ImportedTrialResult>('imported-probe.program', question, limits);
  if (end.answer?.kind === 'passed') return end.answer.result;
  if (end.answer) throw new InputError(end.answer.code, end.answer.message, { field: end.answer.field });
  if (end.timedOut)
    throw new InputError(
      'onnx_probe_timed_out',
      `the ONNX file must answer five rows within ${limits.limitMs} ms, got nothing`,
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
