/**
 * Gives threads their work, and keeps the engine safe whatever the policy. Knows nothing of who goes first
 * among ordinary requests.
 */

import type { Assignment, Work } from './assignment.js';
import { assignBatch } from './batch-assignment.js';
import { isHopeless, isTooLate } from '../requests/deadline.js';
import type { Lane } from '../models/lane.js';
import type { Asker, Policy, PolicyContext, PolicyFactory } from './policy.js';
import type { RequestState } from '../requests/request-state.js';
import type { Row } from '../requests/row.js';
import { SoloQueue } from './solo-queue.js';
import type { RunReport } from '../protocol/thread-protocol.js';

interface DispatcherOptions extends Omit<PolicyContext, 'isHolding'> {
  readonly policy: PolicyFactory;
  /** Nothing else is in the engine: the solo request may run as soon as it is let in with `enterAlone`. */
  readonly onAlone: (state: RequestState) => void;
}

/**
 * Gives threads their work. What keeps an engine safe is decided here, whatever the policy: rows that were in
 * the hands of a thread that died run alone once, requests that must run alone wait for an empty engine, and
 * nothing is done for a result that will be late. Which of the others go first is the policy's, and unknown
 * here.
 */
export class Dispatcher {
  private readonly context: PolicyContext;
  private readonly policy: Policy;
  private readonly requests: SoloQueue;
  /** Rows that were in the hands of a thread that died. */
  private readonly suspects: Row<RequestState>[] = [];

  constructor({ policy, onAlone, ...engine }: DispatcherOptions) {
    this.context = { ...engine, isHolding: () => this.requests.isHolding };
    this.policy = policy(this.context);
    this.requests = new SoloQueue(
      (state) => this.policy.add(state),
      (state) => this.policy.remove(state),
      onAlone,
    );
  }

  /** Requests with rows that were in the hands of a thread that died. */
  get suspectRequests(): RequestState[] {
    return [...new Set(this.suspects.map(({ owner }) => owner))];
  }

  /** Whether a row waits that a thread could take. */
  get hasRunnableRows(): boolean {
    if (this.suspects.length > 0) return true;
    for (const { runnableRows } of this.requests.present) if (runnableRows > 0) return true;
    return false;
  }

  get rowsWanted(): number {
    return this.policy.rowsWanted;
  }

  add(state: RequestState): void {
    this.requests.add(state);
  }

  /** A solo request that is alone runs now, unless it has ended. */
  enterAlone(state: RequestState): void {
    this.requests.enterAlone(state);
  }

  /** The request is about to end; its suspects leave with it. */
  remove(state: RequestState): void {
    for (const suspect of this.suspects.filter(({ owner }) => owner === state)) {
      this.suspects.splice(this.suspects.indexOf(suspect), 1);
      state.drop(suspect);
    }
    this.requests.remove(state);
  }

  /** A row comes back from a thread to go on later. */
  giveBack(row: Row<RequestState>): void {
    if (row.suspect) this.suspects.push(row);
    else {
      row.owner.giveBack(row);
      this.policy.giveBack(row);
    }
  }

  /**
   * What became of an assignment. @param macroSteps that it completed @param report absent when its thread
   * died
   */
  learn(assignment: Assignment, macroSteps: number, report?: RunReport): void {
    if (report) assignment.lane.learn(assignment.stepsPerCall, report);
    if (!assignment.rows[0].suspect) this.policy.learn(assignment, macroSteps, report);
  }

  /** What an idle thread should do, or a busy one go on with; nothing when no row can run. */
  next(asker: Asker): Work | undefined {
    const suspect = this.suspects.at(-1);
    if (!suspect) return this.policy.next(asker);
    if (asker.isBusy) return undefined;
    const { lane } = suspect.owner;
    if (!asker.models.has(lane.modelKey)) return { kind: 'load', lane };
    this.suspects.pop();
    const terms = { maxBatchRows: 1, isShared: true };
    return { ...assignBatch(this.context, [suspect], terms).assignment, maxMacroSteps: 1 };
  }

  isInterrupted(assignment: Assignment, by: RequestState, hasBegun: boolean): boolean {
    return this.policy.isInterrupted(assignment, by, hasBegun);
  }

  /** Whether a request could not be in time even if it ran alone from now on. */
  isHopeless(state: RequestState): boolean {
    return isHopeless(state, this.context.now());
  }

  /** Whether a request that has just come cannot be in time, because of what goes before it. */
  isTooLate(state: RequestState): boolean {
    return isTooLate(state, this.context.now(), () => this.policy.forecast(state));
  }

  forget(lane: Lane): void {
    this.policy.forget(lane);
  }
}
