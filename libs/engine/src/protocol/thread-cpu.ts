/** CPU time of single threads, where the system counts it. Knows nothing of what they do. */

import { readFileSync, readlinkSync } from 'node:fs';

/** Linux counts the CPU time of threads in hundredths of a second, whatever its own clock does. */
const MS_PER_TICK = 10;

/**
 * The operating system's number of the calling thread; undefined where it gives none (only Linux does).
 */
export function ownThreadId(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1)) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * CPU time in ms that a thread of this process has used; where threads are not counted alone, that of the
 * whole process.
 */
export function threadCpuMs(threadId: number): number {
  const ticks = threadId > 0 ? linuxTicks(threadId) : undefined;
  if (ticks !== undefined) return ticks * MS_PER_TICK;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** User and system time, fields 14 and 15; the name before may hold spaces. */
function linuxTicks(threadId: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/self/task/${threadId}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
}
