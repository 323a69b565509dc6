import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledModuleUrl } from '../engine/compiled-module.js';
import { InputError } from '../errors.js';
import type { ImportedTrialModel, ImportedTrialResult } from './imported-trial.js';

/** What a trial may use before it is ended. */
export interface ProbeLimits {
  readonly limitMs: number;
  /** Of the whole process. */
  readonly memoryBytes: number;
}

/** What the program of the child process is asked, as its first message. */
export interface ProbeTask {
  readonly path: string;
  readonly model: ImportedTrialModel;
  readonly memoryBytes: number;
}

/** What it answers, as its only message. */
export type ProbeAnswer =
  | { readonly kind: 'passed'; readonly result: ImportedTrialResult }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly field: string | undefined };

/** By this signal a trial ends itself when it takes too much memory. */
export const OUT_OF_MEMORY_SIGNAL = 'SIGUSR2';

const DEFAULT_LIMITS: ProbeLimits = { limitMs: 60_000, memoryBytes: 4 * 1_073_741_824 };

/**
 * Tries an ONNX file in a process of its own, which may crash, hang or swell without harm to this one.
 * @throws InputError the codes of tryImported; `onnx_probe_crashed`, `onnx_probe_timed_out`, `onnx_probe_out_of_memory`
 */
export async function probeImported(
  path: string,
  model: ImportedTrialModel,
  { limitMs, memoryBytes }: ProbeLimits = DEFAULT_LIMITS,
): Promise<ImportedTrialResult> {
  const program = compiledModuleUrl(new URL(`./imported-probe.program${extname(import.meta.url)}`, import.meta.url));
  // Nothing of our environment, which holds passwords, is the file's business.
  const child = fork(fileURLToPath(program), { execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, limitMs);
  try {
    const { answer, signal } = await answerOf(child, { path, model, memoryBytes });
    if (answer?.kind === 'passed') return answer.result;
    if (answer) throw new InputError(answer.code, answer.message, { field: answer.field });
    if (timedOut)
      throw new InputError(
        'onnx_probe_timed_out',
        `the ONNX file must answer five rows within ${limitMs} ms, got nothing`,
      );
    if (signal === OUT_OF_MEMORY_SIGNAL)
      throw new InputError('onnx_probe_out_of_memory', `the ONNX file must run within ${memoryBytes} bytes of memory`);
    throw new InputError('onnx_probe_crashed', `the ONNX file made its process end (${signal ?? 'without a signal'})`);
  } finally {
    clearTimeout(timer);
  }
}

interface ProbeEnd {
  readonly answer: ProbeAnswer | undefined;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when the process has ended, so that it never outlives the call. */
function answerOf(child: ChildProcess, task: ProbeTask): Promise<ProbeEnd> {
  return new Promise((resolve, reject) => {
    let answer: ProbeAnswer | undefined;
    child.on('message', (message: ProbeAnswer) => {
      answer = message;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => resolve({ answer, signal }));
    child.send(task, (error) => error && child.kill('SIGKILL'));
  });
}
