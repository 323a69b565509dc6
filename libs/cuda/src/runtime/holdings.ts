/** What was taken and must be given back, each once. Knows nothing of what it is. */

/** Something that was taken. */
export interface Held {
  /** Gives it back; a second time does nothing. */
  release(): void;
}

/** Everything that somebody has taken and not given back yet. */
export class Holdings {
  private readonly held = new Set<() => void>();

  /** @param giveBack called once, by `release` or by `releaseAll` */
  add(giveBack: () => void): Held {
    this.held.add(giveBack);
    return {
      release: () => {
        if (this.held.delete(giveBack)) giveBack();
      },
    };
  }

  /**
   * Gives everything back, what was taken last first, and goes on where that fails.
   * @throws the first failure, when all has been tried
   */
  releaseAll(): void {
    const failures: unknown[] = [];
    for (const giveBack of [...this.held].toReversed()) {
      this.held.delete(giveBack);
      try {
        giveBack();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
