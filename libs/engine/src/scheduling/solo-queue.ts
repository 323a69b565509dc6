/**
 * Lets requests that must run alone wait for an empty engine. Knows nothing of the order of the others, and
 * of why.
 */

import { PassingSet } from '../memory/passing-set.js';
import type { RequestState } from '../requests/request-state.js';

/**
 * Lets requests that must run alone wait for an empty engine, and the others meanwhile:
 *
 *   open      no solo request is here: requests enter at once
 *   emptying  a solo request waits: what has started goes on, what has not is held back
 *   empty     nothing else is left: the first solo request is called, and enters with `enterAlone`, once its
 *             start is on record
 *   solo      it runs alone; when it has ended, the next one is called, or all that was held back enters
 */
export class SoloQueue {
  /** Requests that have entered and have not ended. */
  readonly present = new PassingSet<RequestState>();
  private readonly solos: RequestState[] = [];
  private readonly held = new Set<RequestState>();
  /** The solo request that was called last: each is called once. */
  private called: RequestState | undefined;

  constructor(
    private readonly enter: (state: RequestState) => void,
    private readonly leave: (state: RequestState) => void,
    private readonly call: (state: RequestState) => void,
  ) {}

  get isHolding(): boolean {
    return this.held.size > 0;
  }

  add(state: RequestState): void {
    if (state.request.solo) {
      this.solos.push(state);
      for (const other of this.present) if (other.status === 'waiting' && !other.request.solo) this.holdBack(other);
      this.proceed();
    } else if (this.solos.length > 0) this.held.add(state);
    else this.open(state);
  }

  /** The solo request that was called may run now, unless it has ended meanwhile. */
  enterAlone(state: RequestState): void {
    if (state === this.solos[0]) this.open(state);
  }

  /** The request ends, wherever it is. */
  remove(state: RequestState): void {
    if (this.present.delete(state)) this.leave(state);
    this.held.delete(state);
    const place = this.solos.indexOf(state);
    if (place >= 0) this.solos.splice(place, 1);
    this.proceed();
  }

  private proceed(): void {
    const [solo] = this.solos;
    if (solo) return this.callAlone(solo);
    for (const state of this.held) this.open(state);
    this.held.clear();
  }

  private callAlone(solo: RequestState): void {
    if (this.present.size > 0 || this.called === solo) return;
    this.called = solo;
    this.call(solo);
  }

  private open(state: RequestState): void {
    this.present.add(state);
    this.enter(state);
  }

  private holdBack(state: RequestState): void {
    this.present.delete(state);
    this.leave(state);
    this.held.add(state);
  }
}
