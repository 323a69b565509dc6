import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker as NodeWorker } from 'node:worker_threads';
import { compiledModuleUrl } from '#engine';
import type { Contender } from '../contender.js';
import type { PeerStart } from './engine-peer.worker.js';
import { cpuSeconds } from '../machine.js';

/** A graph that threads call without an engine, each as fast as it can. */
export async function peerContender(
  name: string,
  threads: number,
  start: Omit<PeerStart, 'shared'>,
): Promise<Contender> {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const program = compiledModuleUrl(new URL(`./engine-peer.worker${extname(import.meta.url)}`, import.meta.url));
  const workerData: PeerStart = { ...start, shared };
  const workers = Array.from({ length: threads }, () => new NodeWorker(program, { workerData }));
  await Promise.all(workers.map(message));
  return {
    name,
    run: async (seconds) => {
      Atomics.store(shared, 0, 1);
      Atomics.store(shared, 1, 0);
      const stopped = Promise.all(workers.map(message));
      const before = { at: performance.now(), cpu: cpuSeconds() };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, not a window's
      for (const worker of workers) worker.postMessage('go');
      await sleep(seconds * 1e3);
      const done = {
        rowSteps: Atomics.load(shared, 1),
        seconds: (performance.now() - before.at) / 1e3,
        cpuSeconds: cpuSeconds() - before.cpu,
      };
      Atomics.store(shared, 0, 0);
      await stopped;
      return done;
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

function message(worker: NodeWorker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
