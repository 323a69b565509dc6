import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { DdimError, InputError } from '#ddim';
import { CpuAllowance } from '../runtime/cpu-allowance.js';
import type { ProbeAnswer, ProbeTask } from './probe-process.js';
import type { ProbeWatch } from './probe.watchdog.js';

/**
 * The life of a child process that runProbe started, from its task, the first message, to its answer, the
 * only one.
 * @param answer may say how much CPU time it needs; without a word it has as much as it likes
 */
export async function answerProbe(
  { memoryBytes }: ProbeTask<unknown>,
  answer: (allowance: CpuAllowance) => Promise<unknown>,
): Promise<void> {
  await dieFirst();
  const allowance = new CpuAllowance();
  await startWatchdog({ memoryBytes, parent: process.ppid, cpu: allowance.shared });
  process.send?.(await answered(() => answer(allowance)), () => process.exit(0));
}

async function answered(answer: () => Promise<unknown>): Promise<ProbeAnswer<unknown>> {
  try {
    return { kind: 'passed', result: await answer() };
  } catch (error) {
    if (!(error instanceof DdimError)) throw error;
    const { code, message } = error;
    return { kind: 'refused', code, message, field: error instanceof InputError ? error.field : undefined };
  }
}

/** Where memory runs out all the same, Linux takes this process and not the one that serves. */
async function dieFirst(): Promise<void> {
  // elsewhere there is no such file
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined);
}

/** A thread of its own: native code may hold the main thread for ever. */
async function startWatchdog(watch: ProbeWatch): Promise<void> {
  const program = new URL(`./probe.watchdog${extname(import.meta.url)}`, import.meta.url);
  const watchdog = new NodeWorker(program, { workerData: watch });
  await once(watchdog, 'online');
  watchdog.unref();
}
