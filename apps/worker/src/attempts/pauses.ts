import { Injectable, Logger } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { CancelledError } from '#ddim';
import { PauseCause, type Pause } from '#contract';
import { GuardMetrics } from '#metrics';

/** What of BullMQ's worker takes jobs or does not. */
type Intake = Pick<BullWorker, 'isPaused' | 'pause' | 'resume'>;

/**
 * Why this worker takes no jobs for now. What it holds runs on. Whoever begins a pause ends it, each for its
 * own cause; jobs are taken again when none is left, without a restart.
 */
@Injectable()
export class Pauses {
  readonly #logger = new Logger(Pauses.name);
  readonly #reasons = new Map<PauseCause, string>();
  #intakes: readonly Intake[] = [];

  constructor(private readonly metrics: GuardMetrics) {
    for (const cause of PauseCause.options) metrics.intakePaused(cause, false);
  }

  /** What is paused, and for what reasons; nothing while jobs are taken. */
  get all(): readonly Pause[] {
    return [...this.#reasons].map(([cause, reason]) => ({ cause, reason }));
  }

  /** These take no jobs during a pause, one that has begun included. */
  govern(intakes: readonly Intake[]): void {
    this.#intakes = intakes;
    this.#obey();
  }

  /** Begins a pause, or gives a running one another reason. */
  begin(cause: PauseCause, reason: string): void {
    if (this.#reasons.get(cause) === reason) return;
    this.#logger.error(`no further jobs are taken: ${reason}`);
    this.#reasons.set(cause, reason);
    this.metrics.intakePaused(cause, true);
    this.#obey();
  }

  /** Ends a pause, if there is one. */
  end(cause: PauseCause): void {
    const reason = this.#reasons.get(cause);
    if (reason === undefined) return;
    this.#logger.log(`no longer so: ${reason}`);
    this.#reasons.delete(cause);
    this.metrics.intakePaused(cause, false);
    this.#obey();
  }

  /**
   * A worker that takes no more jobs still gets the one that BullMQ was waiting for: back with it.
   * @throws CancelledError `shutdown` during a pause
   */
  refuseJobs(): void {
    const [pause] = this.all;
    if (pause !== undefined) throw new CancelledError('shutdown', pause.reason);
  }

  #obey(): void {
    const isPaused = this.#reasons.size > 0;
    for (const intake of this.#intakes) {
      if (intake.isPaused() === isPaused) continue;
      const obeyed = isPaused ? intake.pause(true) : intake.resume();
      obeyed.catch((error: unknown) => this.#logger.error(error));
    }
  }
}
