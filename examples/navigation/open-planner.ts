import type { StrideClient } from '#client';
import { HttpPlanner } from './http-planner.js';
import type { Method, Planner } from './planner.js';
import { SocketPlanner } from './socket-planner.js';

interface PlannerOptions {
  readonly model: string;
  readonly method: Method;
  /** Of the episode: with it the same observations get the same plans. */
  readonly seed: number;
}

/** The method says which way leads to the service: a warm start and fixed actions are the HTTP API's. */
export function openPlanner(client: StrideClient, { model, method, seed }: PlannerOptions): Planner {
  if (method === 'warm start' || method === 'first actions fixed')
    return new HttpPlanner(client, { model, method, seed });
  return new SocketPlanner(client.policy(model, { seed }), method === 'real-time chunking');
}
