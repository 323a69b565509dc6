/** How many cores this process can keep busy. Knows nothing of what for. */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Where cgroup v2 says how much CPU time a container may use: microseconds and period, or `max` and period.
 */
const CPU_MAX = '/sys/fs/cgroup/cpu.max';

/** Cores that this process can keep busy: its affinity, cut by the container's share. */
export function usableCores(cpuMax = readCpuMax()): number {
  const [quota, period] = cpuMax.split(' ').map(Number);
  const share = quota > 0 && period > 0 ? Math.floor(quota / period) : Infinity;
  return Math.max(1, Math.min(availableParallelism(), share));
}

function readCpuMax(): string {
  try {
    return readFileSync(CPU_MAX, 'utf8').trim();
  } catch {
    return 'max'; // not in a cgroup, or not on Linux
  }
}
