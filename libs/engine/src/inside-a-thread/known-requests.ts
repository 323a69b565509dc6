/** The requests that a thread knows. Knows nothing of their rows and states. */

import type { StepPlan } from '#ddim';
import { PassingMap } from '../memory/passing-map.js';
import type { Forgotten, News, ThreadRequest } from '../protocol/thread-protocol.js';

/** The requests of which rows may come to a thread. */
export class KnownRequests {
  private readonly requests = new PassingMap<number, ThreadRequest>();
  private readonly plans = new Map<number, StepPlan>();

  learn({ requests, plans, forgotten }: News): void {
    this.forget(forgotten);
    for (const { number, plan } of plans) this.plans.set(number, plan);
    for (const request of requests) {
      const plan = this.plans.get(request.plan);
      if (!plan) throw new TypeError(`plan ${request.plan} was never announced to this thread`);
      this.requests.set(request.number, { ...request, plan });
    }
  }

  forget({ requests, plans }: Forgotten): void {
    for (const number of requests) this.requests.delete(number);
    for (const number of plans) this.plans.delete(number);
  }

  /** @throws TypeError for a request that it does not know */
  get(number: number): ThreadRequest {
    const request = this.requests.get(number);
    if (!request) throw new TypeError(`request ${number} was never announced to this thread`);
    return request;
  }
}
