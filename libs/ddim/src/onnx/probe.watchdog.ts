import { workerData } from 'node:worker_threads';
import { OUT_OF_MEMORY_SIGNAL } from './probe-process.js';

/** What ends the process: more memory than that, or the end of its parent. */
export interface ProbeWatch {
  readonly memoryBytes: number;
  readonly parent: number;
}

const INTERVAL_MS = 50;

const { memoryBytes, parent }: ProbeWatch = workerData;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  if (process.memoryUsage.rss() > memoryBytes) process.kill(process.pid, OUT_OF_MEMORY_SIGNAL);
}, INTERVAL_MS);
