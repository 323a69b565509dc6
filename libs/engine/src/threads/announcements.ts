/**
 * What a thread has been sent of requests and plans, so that each is sent once. Knows nothing of how it is
 * sent.
 */

import type { StepPlan } from '#ddim';
import { PassingMap } from '../memory/passing-map.js';
import type { AnnouncedPlan, AnnouncedRequest, Forgotten, News, ThreadRequest } from '../protocol/thread-protocol.js';

/**
 * The requests that a thread knows, and their plans: each is sent once, and a plan stays known as long as a
 * request that uses it. Most requests share a few plans, and to take one apart and put it together again in
 * the thread costs more than the rest of a command.
 */
export class Announcements {
  private readonly plansOf = new PassingMap<number, StepPlan>();
  private readonly plans = new Map<StepPlan, { readonly number: number; uses: number }>();
  private forgotten: Forgotten = { requests: [], plans: [] };
  private numPlans = 0;

  get hasForgotten(): boolean {
    return this.forgotten.requests.length > 0;
  }

  /** What the thread must know before it runs rows of these requests. */
  newsFor(requests: Iterable<ThreadRequest>): News {
    const newRequests: AnnouncedRequest[] = [];
    const newPlans: AnnouncedPlan[] = [];
    for (const request of requests) {
      if (this.plansOf.has(request.number)) continue;
      this.plansOf.set(request.number, request.plan);
      newRequests.push({ ...request, plan: this.use(request.plan, newPlans) });
    }
    return { requests: newRequests, plans: newPlans, forgotten: this.takeForgotten() };
  }

  /** The request has ended. */
  forget(request: number): void {
    const plan = this.plansOf.get(request);
    if (plan === undefined) return;
    this.plansOf.delete(request);
    this.forgotten.requests.push(request);
    const known = this.plans.get(plan);
    if (known === undefined || --known.uses > 0) return;
    this.plans.delete(plan);
    this.forgotten.plans.push(known.number);
  }

  /** What the thread need not know any more, and does not know so yet. */
  takeForgotten(): Forgotten {
    const { forgotten } = this;
    this.forgotten = { requests: [], plans: [] };
    return forgotten;
  }

  /** Counts a use of the plan, which is put among the new ones if the thread does not know it. */
  private use(plan: StepPlan, newPlans: AnnouncedPlan[]): number {
    const known = this.plans.get(plan) ?? { number: this.numPlans++, uses: 0 };
    if (known.uses++ === 0) {
      this.plans.set(plan, known);
      newPlans.push({ number: known.number, plan });
    }
    return known.number;
  }
}
