import { outputSize } from '#ddim';
import type { Assignment } from '../src/scheduling/assignment.js';
import { Dispatcher } from '../src/scheduling/dispatcher.js';
import { Lane, laneKey } from '../src/models/lane.js';
import type { LaneQueue } from '../src/scheduling/lane-queue.js';
import type { Asker } from '../src/scheduling/policy.js';
import { RequestState } from '../src/requests/request-state.js';
import type { EngineRequest } from '../src/requests/request.js';
import { RowScheduler } from '../src/scheduling/row-scheduler.js';
import { RowSlab } from '../src/memory/row-slab.js';
import { TINY_CONFIG, tinyModel, tinyRequest, type RequestOverrides } from './requests.js';

const SOURCE = tinyModel('tiny@1');
const COST = { fixedMs: 0.15, rowMs: 0.05 };

/** A scheduler by itself: a batch is chosen, and comes back whenever the test says so. */
export class SchedulerBench {
  now = 0;
  readonly scheduler: Dispatcher;
  private policy: RowScheduler | undefined;
  private readonly lanes = new Map<string, Lane>();
  readonly asker: Asker;
  private readonly loaded = new Set<string>();
  private readonly slab = new RowSlab({ outputSize: outputSize(TINY_CONFIG), conditionSize: TINY_CONFIG.hiddenSize });
  private seen = 0;

  constructor({ maxBatchRows = 16, threads = 1, loaded = true } = {}) {
    this.scheduler = new Dispatcher({
      policy: (context) => (this.policy = new RowScheduler(context)),
      threads,
      maxBatchRows,
      maxStepsPerCall: 50,
      cheapStepsPerCall: 1,
      now: () => this.now,
      onAlone: (state) => this.scheduler.enterAlone(state),
    });
    this.isLoaded = loaded;
    this.asker = { models: this.loaded, isBusy: false, idleThreads: 1, firstLoads: new Set() };
  }

  private readonly isLoaded: boolean;

  lane(version = 'tiny@1', kind: 'fused' | 'raw' = 'fused'): Lane {
    const model = { version, source: SOURCE, memoryBytes: 1, verdicts: new Map() };
    const options = { model, precision: 'float32', kind, slab: this.slab } as const;
    const lane = this.lanes.get(laneKey(options)) ?? new Lane(options);
    this.lanes.set(lane.key, lane);
    if (this.isLoaded) this.loaded.add(lane.modelKey);
    for (const numRows of [1, 64]) lane.cost.observe({ numRows, msPerStep: COST.fixedMs + COST.rowMs * numRows });
    return lane;
  }

  queue(version?: string): LaneQueue {
    if (!this.policy) throw new TypeError('the dispatcher makes its policy at once');
    return this.policy.queueOf(this.lane(version));
  }

  submit(overrides: RequestOverrides = {}): RequestState {
    const request: EngineRequest = tinyRequest({ id: `${this.seen}`, ...overrides });
    const state = new RequestState(this.seen++, request, this.now, { resolve() {}, reject() {} });
    state.place(this.lane(request.model, request.plan.kind), 'none');
    this.scheduler.add(state);
    return state;
  }

  next(asker: Partial<Asker> = {}): Assignment | undefined {
    const work = this.scheduler.next({ ...this.asker, ...asker });
    return work?.kind === 'run' ? work : undefined;
  }

  /** The thread did all it was asked to, in the time that the cost model predicts. */
  finish(assignment: Assignment): void {
    const { rows, stepsPerCall, maxMacroSteps } = assignment;
    const expectedMs = this.expectedMs(assignment);
    this.now += expectedMs;
    for (const row of rows) row.advance(maxMacroSteps, stepsPerCall);
    const seconds = expectedMs / 1e3 / maxMacroSteps;
    const call = { seconds, outsideSeconds: 0, noiseSeconds: 0, noisyRows: 0, networkRows: rows.length };
    this.scheduler.learn(assignment, maxMacroSteps, {
      kind: 'ran',
      macroSteps: maxMacroSteps,
      calls: Array.from({ length: maxMacroSteps }, () => call),
      failures: [],
      rejected: undefined,
      previews: [],
    });
    for (const row of rows) {
      if (!row.isDone) this.scheduler.giveBack(row);
      else {
        row.owner.complete(row);
        if (row.owner.completedRows === row.owner.request.rows) this.end(row.owner);
      }
    }
  }

  /** What the cost model predicts. */
  expectedMs({ lane, rows, stepsPerCall, maxMacroSteps }: Assignment): number {
    return stepsPerCall * maxMacroSteps * lane.cost.stepMs(rows.length);
  }

  end(state: RequestState): void {
    this.scheduler.remove(state);
    state.end({ kind: 'completed' }, this.now);
  }

  /** Row-steps by some name, over so many assignments; `refill` keeps everybody busy. */
  shares(assignments: number, nameOf: (request: EngineRequest) => string, refill: () => void): Map<string, number> {
    const shares = new Map<string, number>();
    for (let i = 0; i < assignments; i++) {
      refill();
      const assignment = this.next();
      if (!assignment) break;
      const steps = assignment.stepsPerCall * assignment.maxMacroSteps;
      for (const { owner, stepsLeft } of assignment.rows) {
        const name = nameOf(owner.request);
        shares.set(name, (shares.get(name) ?? 0) + Math.min(steps, stepsLeft));
      }
      this.finish(assignment);
    }
    return shares;
  }
}
