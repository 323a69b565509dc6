import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from '#server';
import { artifactId, ArtifactStore, StorageError } from '#storage';
import { Pauses } from '../attempts/pauses.js';

/** How often a store that failed is looked at. */
const LOOK_MS = 1_000;
/** So long others may take a job whose bytes are not here. */
const LACK_MS = 5_000;
/** What fails so often although the store is well will not do. */
const MAX_TRIES = 3;

/**
 * Whether the artifact store can be worked with. While it cannot, because it is full, away, unreadable, or
 * that of another installation, the worker takes no jobs; it looks again by itself, and goes on when the
 * store is well.
 */
export class StoreHealth {
  readonly #lacking = new Map<string, number>();
  #asking: Promise<string | undefined> | undefined;
  #watching: Promise<void> | undefined;

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly installation: Pick<Installation, 'fault'>,
    private readonly pauses: Pauses,
    private readonly nextLook: () => Promise<unknown> = () => sleep(LOOK_MS, undefined, { ref: false }),
  ) {}

  /** Asks the store, after something failed in it: if it is to blame, the worker pauses. */
  async isUnwell(): Promise<boolean> {
    this.#asking ??= this.#fault().finally(() => (this.#asking = undefined));
    const reason = await this.#asking;
    if (reason !== undefined) this.#pause(reason);
    return reason !== undefined;
  }

  /**
   * Bytes are not here although the store is well: pauses until they are, or for so long that another worker
   * gets their job.
   */
  lacks(sha256: string): void {
    this.#lacking.set(sha256, performance.now() + LACK_MS);
    this.#pause(reasonOf(sha256));
  }

  /**
   * Tries what writes to the store until it is done: for work that must not get lost while the store is to
   * blame.
   * @throws what `work` throws for another reason, or although the store is well; the signal's reason
   */
  async persist<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (let failures = 0; ;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        if (await this.isUnwell()) await this.#whenWell(signal);
        else if (++failures === MAX_TRIES) throw error;
        signal.throwIfAborted();
      }
    }
  }

  async #whenWell(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
    });
    if (!signal.aborted) await Promise.race([this.#watching, aborted]);
    over.abort();
  }

  #pause(reason: string): void {
    this.pauses.begin('store', reason);
    this.#watching ??= this.#watch().finally(() => (this.#watching = undefined));
  }

  async #watch(): Promise<void> {
    for (;;) {
      await this.nextLook();
      const reason = (await this.#fault()) ?? (await this.#lack());
      if (reason === undefined) break;
      this.pauses.begin('store', reason);
    }
    this.pauses.end('store');
  }

  async #fault(): Promise<string | undefined> {
    try {
      const fault = await this.installation.fault();
      if (fault === undefined) await this.artifacts.check();
      return fault;
    } catch (error) {
      return `the artifact store fails: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Why jobs are still left to others, because of bytes that are not here. */
  async #lack(): Promise<string | undefined> {
    for (const [sha256, until] of this.#lacking) {
      if (performance.now() < until && !(await this.#has(sha256))) return reasonOf(sha256);
      this.#lacking.delete(sha256);
    }
    return undefined;
  }

  async #has(sha256: string): Promise<boolean> {
    try {
      await this.artifacts.stat(sha256);
      return true;
    } catch {
      return false; // whatever it is, the store is asked next
    }
  }
}

function reasonOf(sha256: string): string {
  return `the artifact store lacks ${artifactId(sha256)}, which a job names`;
}
