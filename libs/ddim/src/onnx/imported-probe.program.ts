import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { DdimError, InputError } from '../errors.js';
import type { ProbeAnswer, ProbeTask } from './imported-probe.js';
import type { ProbeWatch } from './imported-probe.watchdog.js';
import { tryImported } from './imported-trial.js';

/** The program of the child process in which a file is tried: one task, one answer. */
async function main(): Promise<void> {
  const [task]: ProbeTask[] = await once(process, 'message');
  await dieFirst();
  await startWatchdog({ memoryBytes: task.memoryBytes, parent: process.ppid });
  process.send?.(await answer(task), () => process.exit(0));
}

async function answer({ path, model }: ProbeTask): Promise<ProbeAnswer> {
  try {
    return { kind: 'passed', result: await tryImported(await readFile(path), model) };
  } catch (error) {
    if (!(error instanceof DdimError)) throw error;
    const { code, message } = error;
    return { kind: 'refused', code, message, field: error instanceof InputError ? error.field : undefined };
  }
}

/** Where memory runs out all the same, Linux takes this process and not the one that serves. */
async function dieFirst(): Promise<void> {
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined); // elsewhere there is no such file
}

/** A thread of its own: native code may hold the main thread for ever. */
async function startWatchdog(watch: ProbeWatch): Promise<void> {
  const program = new URL(`./imported-probe.watchdog${extname(import.meta.url)}`, import.meta.url);
  const watchdog = new NodeWorker(program, { workerData: watch });
  await once(watchdog, 'online');
  watchdog.unref();
}

await main();
