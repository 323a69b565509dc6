/** Asks a URL for as long as it lives and says how long each answer took; the load has another event loop. */
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

const { url, everyMs } = z.object({ url: z.url(), everyMs: z.number() }).parse(workerData);
const agent = new Agent({ keepAlive: true });

for (;;) {
  const from = performance.now();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, not a window's
  parentPort?.postMessage({ status: await ask(), ms: performance.now() - from });
  await delay(everyMs);
}

/** 0 without an answer. */
function ask(): Promise<number> {
  return new Promise((resolve) => {
    get(url, { agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', () => resolve(0));
  });
}
