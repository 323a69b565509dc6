import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Finding } from '#system';

const NEEDED_NODE = [20, 19] as const;
const GIB = 1024 ** 3;
const COMFORTABLE_BYTES = 2 * GIB;

/** Node 20.19 is the first version with everything we use. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1]);
  const finding = { name: 'Node', detail: version };
  if (enough) return { ...finding, status: 'ok' };
  return { ...finding, status: 'problem', remedy: 'install Node 20.19 or later: https://nodejs.org' };
}

/** Cores of the machine, and what a container may use of them. */
export function checkCpu(): Finding {
  const cores = availableParallelism();
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const limit = cgroupCpus();
  const detail = `${cores} ${cores === 1 ? 'core' : 'cores'} (${model})`;
  if (limit === undefined || limit >= cores) return { name: 'Processor', status: 'ok', detail };
  return {
    name: 'Processor',
    status: 'warning',
    detail: `${detail}, limited to ${limit.toFixed(1)} by the container`,
    remedy: 'raise the CPU limit of the container, or start fewer workers in it',
  };
}

export function checkMemory(): Finding {
  const bytes = Math.min(totalmem(), cgroupMemoryBytes() ?? Infinity);
  const finding = { name: 'Memory', detail: `${(bytes / GIB).toFixed(1)} GiB` };
  if (bytes >= COMFORTABLE_BYTES) return { ...finding, status: 'ok' };
  return { ...finding, status: 'warning', remedy: 'Redis, API and one worker want 2 GiB together' };
}

/** Cores that control group version 2, else 1, allows; undefined without a limit. */
function cgroupCpus(): number | undefined {
  const second = readText('/sys/fs/cgroup/cpu.max')?.split(' ');
  const first = ['quota', 'period'].map((name) => readText(`/sys/fs/cgroup/cpu/cpu.cfs_${name}_us`));
  const [quota, period] = second ?? first;
  const limit = Number(quota) / Number(period); // `max` reads as NaN, an unset version 1 quota as -1
  return limit > 0 ? limit : undefined;
}

function cgroupMemoryBytes(): number | undefined {
  const text = readText('/sys/fs/cgroup/memory.max') ?? readText('/sys/fs/cgroup/memory/memory.limit_in_bytes');
  const bytes = Number(text); // `max` reads as NaN
  return bytes > 0 ? bytes : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // another system, or no control groups
  }
}
