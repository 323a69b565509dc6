import type { Asker, Forecast, Policy, PolicyContext, RequestState, Row, Work } from '#engine';

/** Rows that one backend call may hold, and how they advance. */
export interface Batch {
  readonly rows: readonly Row<RequestState>[];
  readonly stepsPerCall: number;
  readonly maxMacroSteps: number;
}

/**
 * What simple policies have in common: the oldest request decides, nobody is interrupted, no batch is put
 * together ahead, nothing is learnt. Requests have no deadlines.
 */
export abstract class ArrivalOrder implements Policy {
  private readonly requests = new Set<RequestState>();
  protected abstract readonly maxRows: number;

  constructor(protected readonly context: PolicyContext) {}

  get rowsWanted(): number {
    return 2 * this.context.threads * this.maxRows;
  }

  add(state: RequestState): void {
    this.requests.add(state);
  }

  remove(state: RequestState): void {
    this.requests.delete(state);
  }

  next({ models, isBusy, idleThreads }: Asker): Work | undefined {
    const waiting = [...this.requests].filter(({ runnableRows }) => runnableRows > 0);
    const lane = waiting[0]?.lane;
    if (!lane || isBusy) return undefined;
    if (!models.has(lane.modelKey)) return { kind: 'load', lane };
    const batch = this.choose(
      waiting.filter((state) => state.lane === lane),
      idleThreads,
    );
    return { kind: 'run', lane, maxBatchRows: this.maxRows, ...batch };
  }

  giveBack(): void {}

  learn(): void {}

  isInterrupted(): boolean {
    return false;
  }

  forecast({ lane }: RequestState): Forecast {
    return { beforeMs: 0, stepMs: lane.cost.stepMs(1) };
  }

  forget(): void {}

  /**
   * @param requests those with rows that could run, at least one, the oldest first; their plans are of one
   * kind, fused
   */
  protected abstract choose(requests: readonly RequestState[], idleThreads: number): Batch;
}
