import { workerData } from 'node:worker_threads';
import { usedCpuMs } from '../runtime/cpu-allowance.js';
import { OUT_OF_MEMORY_SIGNAL, OUT_OF_TIME_SIGNAL } from './probe-process.js';

/** What ends the process: more memory or CPU time than that, or the end of its parent. */
export interface ProbeWatch {
  readonly memoryBytes: number;
  readonly parent: number;
  /** See CpuAllowance. */
  readonly cpu: Float64Array;
}

const INTERVAL_MS = 50;

const { memoryBytes, parent, cpu }: ProbeWatch = workerData;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  if (process.memoryUsage.rss() > memoryBytes) process.kill(process.pid, OUT_OF_MEMORY_SIGNAL);
  if (usedCpuMs() > cpu[0]) process.kill(process.pid, OUT_OF_TIME_SIGNAL);
}, INTERVAL_MS);
