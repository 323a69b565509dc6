/** A request of a batching peer; its rows start together or apart, as the policy likes. */
export interface PeerJob {
  /** Place in the order of arrival. */
  readonly sequence: number;
  readonly steps: number;
  readonly rows: readonly PeerRow[];
}

export interface PeerRow {
  readonly job: PeerJob;
  readonly slot: number;
  step: number;
}

export interface RowBatch {
  readonly rows: readonly PeerRow[];
  readonly stepsPerCall: number;
  readonly numCalls: number;
}

/** Decides what an idle thread does next. */
export interface Policy {
  add(job: PeerJob): void;
  next(idleThreads: number): RowBatch | undefined;
  /** Rows that come back with steps left. */
  giveBack(rows: readonly PeerRow[]): void;
}

/**
 * Request-level dynamic batching, as inference servers do it: whole requests with as many steps as the oldest one, up to 64 rows; a batch
 * runs to its end before the thread takes another.
 */
export class RequestLevel implements Policy {
  private static readonly maxRows = 64;
  private static readonly mostStepsPerCall = 50;
  private queue: PeerJob[] = [];

  add(job: PeerJob): void {
    this.queue.push(job);
  }

  next(): RowBatch | undefined {
    const steps = this.queue[0]?.steps;
    if (steps === undefined) return undefined;
    const rows: PeerRow[] = [];
    this.queue = this.queue.filter((job) => {
      const fits = rows.length === 0 || rows.length + job.rows.length <= RequestLevel.maxRows;
      if (job.steps !== steps || !fits) return true;
      rows.push(...job.rows);
      return false;
    });
    const stepsPerCall = Math.min(steps, RequestLevel.mostStepsPerCall);
    return { rows, stepsPerCall, numCalls: steps / stepsPerCall };
  }

  giveBack(rows: readonly PeerRow[]): void {
    throw new TypeError(`${rows.length} rows came back from a batch that runs to its end`);
  }
}

/** Step-level batching in the order of arrival: every 5 steps the 32 oldest rows, spread over the idle threads. */
export class StepLevelFifo implements Policy {
  private static readonly maxRows = 32;
  private static readonly leastShare = 4;
  private static readonly stepsPerCall = 5;
  private rows: PeerRow[] = [];

  add(job: PeerJob): void {
    this.rows.push(...job.rows);
  }

  next(idleThreads: number): RowBatch | undefined {
    if (this.rows.length === 0) return undefined;
    const share = Math.max(StepLevelFifo.leastShare, Math.ceil(this.rows.length / idleThreads));
    const rows = this.rows.splice(0, Math.min(StepLevelFifo.maxRows, share));
    return { rows, stepsPerCall: StepLevelFifo.stepsPerCall, numCalls: 1 };
  }

  giveBack(rows: readonly PeerRow[]): void {
    this.rows = [...rows, ...this.rows].sort((left, right) => left.job.sequence - right.job.sequence);
  }
}
