import { loadConfig } from '#server';

const VARIABLES = [
  'REDIS_URL',
  'STRIDE_HOST',
  'STRIDE_METRICS_PORT',
  'STRIDE_ARTIFACT_ROOT',
  'STRIDE_QUEUES',
  'STRIDE_BACKEND',
  'STRIDE_PROVIDER',
  'STRIDE_DEVICES',
  'STRIDE_MODEL_MEMORY',
  'STRIDE_MAX_BATCH_ROWS',
] as const;

export type WorkerConfig = ReturnType<typeof loadConfig<(typeof VARIABLES)[number]>>;
/** Injection token of the configuration. */
export const WORKER_CONFIG = Symbol('WorkerConfig');

/** @throws InvalidConfigError naming every wrong variable */
export function loadWorkerConfig(source: NodeJS.ProcessEnv = process.env): WorkerConfig {
  return loadConfig(VARIABLES, source);
}
