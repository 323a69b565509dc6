import type { Work } from './assignment.js';
import type { EngineThread } from './engine-thread.js';
import { Lane, laneKey, type LaneOptions } from './lane.js';
import type { RequestState } from './request-state.js';
import type { Row } from './row.js';

const STEPS_PER_CALL = 5;

export interface RowSchedulerOptions {
  readonly maxBatchRows: number;
  readonly now: () => number;
}

/** Chooses what an idle thread does next: first come, first served by rows. */
export class RowScheduler {
  private readonly lanes = new Map<string, Lane>();
  /** Rows that were in the hands of a thread that died. */
  private readonly suspects: Row[] = [];

  constructor(private readonly options: RowSchedulerOptions) {}

  /** The lane of such requests, made on first need. */
  lane(options: LaneOptions): Lane {
    const lane = this.lanes.get(laneKey(options)) ?? new Lane(options);
    this.lanes.set(lane.key, lane);
    return lane;
  }

  /** The version goes. @returns its lanes */
  removeLanes(version: string): Lane[] {
    const lanes = [...this.lanes.values()].filter((lane) => lane.model.version === version);
    for (const lane of lanes) this.lanes.delete(lane.key);
    return lanes;
  }

  /** Whether a row waits that a thread could take. */
  get hasRunnableRows(): boolean {
    return this.suspects.length > 0 || [...this.lanes.values()].some((lane) => lane.runnableRows > 0);
  }

  add(request: RequestState): void {
    request.lane.requests.add(request);
  }

  /** The request has ended; its suspects leave with it. */
  remove(request: RequestState): void {
    request.lane.requests.delete(request);
    for (const suspect of this.suspects.filter((row) => row.request === request)) {
      this.suspects.splice(this.suspects.indexOf(suspect), 1);
      request.drop(suspect);
    }
  }

  /** A row comes back from a thread to go on later. */
  giveBack(row: Row): void {
    if (row.suspect) this.suspects.push(row);
    else row.request.giveBack(row);
  }

  /** @param idleThreads how many threads, this one included, could take rows now */
  schedule(thread: EngineThread, idleThreads: number): Work | undefined {
    const suspect = this.suspects.pop();
    if (suspect) return this.assign(suspect.request.lane, [suspect]);
    for (const lane of this.lanes.values()) {
      if (lane.runnableRows === 0) continue;
      if (!thread.models.has(lane.modelKey)) return { kind: 'load', lane };
      return this.assign(lane, this.takeRows(lane, idleThreads));
    }
    return undefined;
  }

  private assign(lane: Lane, rows: readonly Row[]): Work {
    const left = Math.min(...rows.map(({ stepsLeft }) => stepsLeft));
    return {
      kind: 'run',
      lane,
      rows,
      stepsPerCall: lane.kind === 'raw' ? 1 : Math.min(STEPS_PER_CALL, left),
      maxMacroSteps: 1,
      maxBatchRows: this.options.maxBatchRows,
      previews: [],
    };
  }

  private takeRows(lane: Lane, idleThreads: number): Row[] {
    const cap = Math.min(this.options.maxBatchRows, Math.max(4, Math.ceil(lane.runnableRows / idleThreads)));
    const rows: Row[] = [];
    for (const request of lane.requests)
      while (request.runnableRows > 0 && rows.length < cap) rows.push(request.takeRow(this.options.now()));
    return rows;
  }
}
