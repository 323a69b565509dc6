import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry of its own per process (never the global one), with prom-client's process metrics. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
