/**
 * Turns what happens into facts for the observer, and shields the engine from it. Knows nothing of what
 * becomes of them.
 */

import type { Assignment } from '../scheduling/assignment.js';
import type { BackendInfo } from '../backend/backend.js';
import type { EngineEvents, EngineObserver, RowsByPriority } from './observer.js';
import type { SharedMacroStep } from '../requests/request.js';
import type { RequestState } from '../requests/request-state.js';
import type { RunReport } from '../protocol/thread-protocol.js';

/** What a thread has done of an assignment when it reports. */
interface DoneMacroSteps {
  readonly thread: number;
  readonly assignment: Assignment;
  readonly report: RunReport;
  readonly rowSteps: number;
  /** Milliseconds of a monotonic clock. */
  readonly endedAt: number;
}

/**
 * Turns what the engine does into facts for its observer. Whatever an observer or a callback throws ends here
 * and is counted.
 */
export class Reporter {
  errors = 0;

  constructor(
    private readonly observer: EngineObserver,
    private readonly info: BackendInfo,
    private readonly requests: Iterable<RequestState>,
  ) {}

  /** Calls code that is not the engine's own. */
  guard(call: () => void): void {
    try {
      call();
    } catch {
      this.errors += 1;
    }
  }

  macroSteps(done: DoneMacroSteps): void {
    if (this.observer.onMacroStep) this.observeMacroSteps(done);
    this.shareMacroSteps(done);
  }

  request(state: RequestState): void {
    const { request, ending, finishReason, waitSeconds, runSeconds } = state;
    this.guard(() =>
      this.observer.onRequest?.({
        id: request.id,
        model: request.model,
        backend: this.info.kind,
        priority: request.priority,
        rows: request.rows,
        completedRows: state.completedRows - state.resumed.rows,
        rowSteps: state.rowSteps - state.resumed.rowSteps,
        finishReason,
        errorCode: ending?.kind === 'failed' ? ending.error.code : undefined,
        waitSeconds,
        runSeconds,
      }),
    );
  }

  private observeMacroSteps({ thread, assignment, report, rowSteps }: DoneMacroSteps): void {
    const { lane, rows, stepsPerCall, maxBatchRows } = assignment;
    const { kind: backend, provider, device } = this.info;
    const model = lane.model.version;
    for (const { seconds, outsideSeconds } of report.calls)
      this.guard(() =>
        this.observer.onMacroStep?.({
          model,
          backend,
          provider,
          device,
          thread,
          numRows: rows.length,
          stepsPerCall,
          rowSteps: rowSteps / report.calls.length,
          maxBatchRows,
          seconds,
          outsideSeconds,
        }),
      );
  }

  /** A batch may hold a row of each of many requests: what they have in common is worked out once. */
  private shareMacroSteps({ thread, assignment, report, endedAt }: DoneMacroSteps): void {
    const { rows, stepsPerCall } = assignment;
    const ownRowsOf = new Map<RequestState, number>();
    for (const { owner } of rows) ownRowsOf.set(owner, (ownRowsOf.get(owner) ?? 0) + 1);
    const shared = { thread, numRows: rows.length, numRequests: ownRowsOf.size, stepsPerCall };
    const spans = spansBefore(endedAt, report);
    for (const [{ request }, ownRows] of ownRowsOf)
      if (request.onMacroStep)
        for (const span of spans) this.guard(() => request.onMacroStep?.({ ...shared, ownRows, ...span }));
  }

  /** Reports an event whose facts the caller knows. */
  report<Event extends keyof EngineEvents>(event: Event, facts: EngineEvents[Event]): void {
    this.guard(() => this.observer[event]?.(facts));
  }

  rowsByPriority(model: string, count: (state: RequestState) => number): RowsByPriority {
    const rows = { interactive: 0, normal: 0, bulk: 0 };
    for (const state of this.requests) if (state.request.model === model) rows[state.request.priority] += count(state);
    return rows;
  }
}

/** When each call of a report began and ended, in ms; a report says only how long they took. */
function spansBefore(endedAt: number, { calls }: RunReport): Pick<SharedMacroStep, 'startedAt' | 'endedAt'>[] {
  const durations = calls.map(({ seconds, outsideSeconds }) => 1e3 * (seconds + outsideSeconds));
  let startedAt = endedAt - durations.reduce((sum, ms) => sum + ms, 0);
  return durations.map((ms) => {
    const span = { startedAt, endedAt: startedAt + ms };
    startedAt = span.endedAt;
    return span;
  });
}
