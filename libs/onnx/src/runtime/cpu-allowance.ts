/** How much CPU time this process may use; its watchdog, which reads the same memory, ends it after that. */
export class CpuAllowance {
  /** [1]: of the process since its start, in milliseconds. */
  readonly shared = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)).fill(Infinity);

  /** So much from now on. */
  allow(cpuMs: number): void {
    this.shared[0] = usedCpuMs() + cpuMs;
  }
}

/** CPU time of all threads of this process. */
export function usedCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
