/** Workers that have no use for a job for now, until one of them wakes all. */
export class Lull {
  readonly #sleepers = new Set<() => void>();

  /** At most so long. */
  sleep(ms: number): Promise<null> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve(null);
      };
      const timer = setTimeout(wake, ms);
      this.#sleepers.add(wake);
    });
  }

  /** Something has changed: it is worth looking again. */
  end(): void {
    for (const wake of this.#sleepers) wake();
  }
}
