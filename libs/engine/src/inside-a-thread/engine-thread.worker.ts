/**
 * The program of an engine thread: starts a backend and hands commands over, one by one. Knows nothing of the
 * commands.
 */

import { parentPort, workerData } from 'node:worker_threads';
import type { BackendModule } from '../backend/backend.js';
import { CallClock } from '../protocol/call-clock.js';
import { asFailure } from '../protocol/failure.js';
import { ThreadLoop } from './thread-loop.js';
import type { ThreadCommand, ThreadReport, ThreadStart } from '../protocol/thread-protocol.js';

/** Finding a provider that works may compile kernels for a device. */
const START_ALLOWED_MS = 120_000;

/** The program of an engine thread: one backend, one command after the other. */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) throw new TypeError('this module is the program of a worker thread');
  const { backendModule, backend: options, control, clock: words }: ThreadStart = workerData;
  const report = (message: ThreadReport): void => port.postMessage(message);
  try {
    const module: BackendModule = await import(backendModule);
    const clock = new CallClock(words);
    const backend = await clock.time(START_ALLOWED_MS, () => module.createBackend(options));
    const loop = new ThreadLoop({ backend, control, clock, now: () => performance.now(), report });
    let last = Promise.resolve();
    port.on('message', (command: ThreadCommand) => {
      last = last.then(() => loop.execute(command)).then(() => (command.kind === 'stop' ? port.close() : undefined));
      last.catch(endThread);
    });
    report({ kind: 'started', info: backend.info, capabilities: backend.capabilities });
  } catch (error) {
    report({ kind: 'startFailed', failure: asFailure(error) });
  }
}

/**
 * A device that is lost, or a bug of ours in the middle of a command: better a dead thread, whose rows are
 * resumed elsewhere, than one that stays silent.
 */
function endThread(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

await main();
