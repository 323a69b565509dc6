import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProgram, ProgramExit } from './child-program.js';

export interface PartOptions<Ready> {
  readonly name: string;
  /**
   * Starts the program and waits until it is ready; gets what the last ready program said, to take the same
   * ports.
   */
  readonly launch: (previous: Ready | undefined) => Promise<{ program: ChildProgram; ready: Ready }>;
  /** Whether the program that said so still works; one that has not for long is killed, and started again. */
  readonly isLive?: (ready: Ready) => Promise<boolean>;
  /** How often it is asked, ms. */
  readonly liveEveryMs?: number;
  /** Called after each start. */
  readonly onStarted?: (program: ChildProgram) => void;
  /** Called when the program ended without being asked, or could not be started again. */
  readonly onTrouble: (what: string, restartInMs: number) => void;
}

/** A busy machine may make a program miss some; a hung one never answers. */
const BAD_ANSWERS = 6;
const LIVE_EVERY_MS = 10_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
const STABLE_MS = 60_000;

/**
 * A program that is started again whenever it ends by itself, and killed when it no longer works.
 *
 * | state    | what is true                            | ended by                              |
 * |----------|-----------------------------------------|---------------------------------------|
 * | running  | the program was ready                   | its end -> waiting; stop() -> stopped |
 * | waiting  | no program; a growing delay passes      | its end -> starting; stop()           |
 * | starting | launched, not ready yet                 | ready -> running; failure -> waiting  |
 * | stopped  | the program has ended, none will follow | -                                     |
 */
export class SupervisedPart<Ready> {
  readonly #options: PartOptions<Ready>;
  readonly #stopping = new AbortController();
  #program: ChildProgram;
  #ready: Ready;
  #loop: Promise<void>;

  private constructor(options: PartOptions<Ready>, program: ChildProgram, ready: Ready) {
    this.#options = options;
    this.#program = program;
    this.#ready = ready;
    options.onStarted?.(program);
    this.#loop = this.#supervise();
  }

  /** @throws the launch's own error when the very first start fails */
  static async start<Ready>(options: PartOptions<Ready>): Promise<SupervisedPart<Ready>> {
    const { program, ready } = await options.launch(undefined);
    return new SupervisedPart(options, program, ready);
  }

  /** What the running (or last) program said when it was ready. */
  get ready(): Ready {
    return this.#ready;
  }

  /** Ends the program for good: SIGTERM, and SIGKILL after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#program.stop(graceMs);
    await this.#loop;
  }

  async #supervise(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now();
      const ended = new AbortController();
      const watching = this.#killWhenDead(this.#program, ended.signal);
      const exit = await this.#program.exited;
      ended.abort();
      await watching;
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - startedAt > STABLE_MS) delayMs = FIRST_DELAY_MS;
      this.#options.onTrouble(describeExit(exit), delayMs);
      delayMs = await this.#startAgain(delayMs);
    }
  }

  /** Ends with the program. */
  async #killWhenDead(program: ChildProgram, ended: AbortSignal): Promise<void> {
    const { isLive, liveEveryMs = LIVE_EVERY_MS } = this.#options;
    if (isLive === undefined) return;
    for (let bad = 0; !ended.aborted;) {
      await sleep(liveEveryMs, undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted || this.#stopping.signal.aborted) return;
      bad = (await isLive(this.#ready)) ? 0 : bad + 1;
      if (bad === BAD_ANSWERS) return program.kill('SIGKILL');
    }
  }

  /** @returns the delay that a further failure has to wait */
  async #startAgain(firstDelayMs: number): Promise<number> {
    for (let delayMs = firstDelayMs; ;) {
      // stop() ends the wait
      await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return delayMs;
      delayMs = Math.min(2 * delayMs, MAX_DELAY_MS);
      try {
        const { program, ready } = await this.#options.launch(this.#ready);
        this.#program = program;
        this.#ready = ready;
        this.#options.onStarted?.(program);
        if (this.#stopping.signal.aborted) await program.stop(0);
        return delayMs;
      } catch (error) {
        this.#options.onTrouble(error instanceof Error ? error.message : String(error), delayMs);
      }
    }
  }
}

function describeExit({ code, signal }: ProgramExit): string {
  return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
}
