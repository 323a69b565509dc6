/**
 * The program of a thread that looks at the GPUs from time to time, since a look may block. Knows nothing of
 * what becomes of its readings.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { Nvml } from './nvml.js';
import type { TelemetryStart } from './telemetry.js';

/** One thread, one library; ends when it is sent anything, or when the driver fails. */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) throw new TypeError('this module is the program of a worker thread');
  const { file, everyMs }: TelemetryStart = workerData;
  const nvml = await Nvml.open(file);
  const look = (): void => {
    try {
      port.postMessage(nvml.read());
    } catch (error) {
      nvml.close();
      throw error; // ends the thread
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  port.once('message', () => {
    clearInterval(timer);
    nvml.close();
    port.close();
  });
}

await main();
