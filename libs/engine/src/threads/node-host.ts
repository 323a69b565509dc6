/** Real threads and real time. Knows nothing of what is said to threads. */

import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { compiledModuleUrl } from './compiled-module.js';
import { threadCpuMs } from '../protocol/thread-cpu.js';
import type { EngineHost, ThreadEvents, ThreadPort } from './thread-host.js';
import type { ThreadStart } from '../protocol/thread-protocol.js';

/**
 * Their arrays are made once: what they allocate per run is small, and a nursery that V8 lets grow to 48 MiB
 * per thread gains nothing.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/** Real threads and real time. */
export const nodeHost: EngineHost = { now: () => performance.now(), after, threadCpuMs, spawn };

function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

function spawn(start: ThreadStart, events: ThreadEvents): ThreadPort {
  const program = compiledModuleUrl(
    new URL(`../inside-a-thread/engine-thread.worker${extname(import.meta.url)}`, import.meta.url),
  );
  const thread = new NodeWorker(program, { workerData: start, resourceLimits });
  let reason: string | undefined;
  thread.on('message', (report) => events.report(report));
  thread.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  thread.on('exit', (code) => events.exit(reason ?? `exit code ${code}`));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, not a window's
  return { post: (command) => thread.postMessage(command) };
}
