import type { RequestState } from './request-state.js';

/**
 * Lets requests that must run alone wait for an empty engine, and the others meanwhile:
 *
 *   open      no solo request is here: requests enter at once
 *   emptying  a solo request waits: what has started goes on, what has not is held back
 *   solo      nothing else is left: the first solo request enters alone; when it has ended, the next one, or all that was held back
 */
export class SoloQueue {
  /** Requests that have entered and have not ended. */
  readonly present = new Set<RequestState>();
  private readonly solos: RequestState[] = [];
  private readonly held = new Set<RequestState>();

  constructor(
    private readonly enter: (state: RequestState) => void,
    private readonly leave: (state: RequestState) => void,
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
    if (solo && this.present.size === 0) this.open(solo);
    if (solo) return;
    for (const state of this.held) this.open(state);
    this.held.clear();
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
