import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { resolve } from 'node:path';

/** Where numbers were measured: every benchmark prints it and stores it beside them. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly onnxruntime: string;
  readonly commit: string;
  /** Of the last minute, before the benchmark: other work on the machine blurs the numbers. */
  readonly load: number;
  readonly measuredAt: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    onnxruntime: packageVersion('onnxruntime-node') ?? 'unknown',
    commit: currentCommit(),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    measuredAt: new Date().toISOString(),
  };
}

export function printMachine(machine: Machine): void {
  const { cpu, cores, memoryGiB, system, node, onnxruntime, commit, load } = machine;
  console.log(`${cpu}, ${cores} cores, ${memoryGiB} GiB; ${system}`);
  console.log(`node ${node}, onnxruntime-node ${onnxruntime}, commit ${commit}; load ${load}`);
}

/** Writes out/bench/<name>.json below the working directory and says so. */
export function writeReport(name: string, report: object): void {
  const directory = resolve('out/bench');
  mkdirSync(directory, { recursive: true });
  const file = resolve(directory, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`written to ${file}`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds of CPU that this process has used, all threads together. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Undefined when the package is not installed. */
export function packageVersion(name: string): string | undefined {
  try {
    const manifest: unknown = createRequire(import.meta.url)(`${name}/package.json`);
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : undefined;
  } catch {
    return undefined;
  }
}

function currentCommit(): string {
  try {
    const head = readFileSync('.git/HEAD', 'utf8').trim();
    const hash = head.startsWith('ref: ') ? readFileSync(`.git/${head.slice(5)}`, 'utf8').trim() : head;
    return hash.slice(0, 10);
  } catch {
    return 'unknown'; // an unpacked release has no repository
  }
}
