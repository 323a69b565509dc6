import { z } from 'zod';
import { environment, loadConfig, REDIS_VARIABLES, STORE_VARIABLES } from '#server';
import type { BackendLibrary } from '#training';
import * as named from './backends.js';

const VARIABLES = [
  ...REDIS_VARIABLES,
  'STRIDE_SHARDS',
  'STRIDE_HOST',
  'STRIDE_TLS_CERT',
  'STRIDE_TLS_KEY',
  'STRIDE_METRICS_PORT',
  'STRIDE_METRICS_HOST',
  'STRIDE_ADVERTISE_HOST',
  ...STORE_VARIABLES,
  'STRIDE_QUEUES',
  'STRIDE_BACKEND',
  'STRIDE_PROVIDER',
  'STRIDE_THREADS',
  'STRIDE_DEVICES',
  'STRIDE_MODEL_MEMORY',
  'STRIDE_MAX_BATCH_ROWS',
] as const;

const backends: Readonly<Record<string, BackendLibrary>> = named;
const providers = new Set(Object.values(backends).flatMap((backend) => backend.providers));
const NARROWER = {
  STRIDE_BACKEND: environment.STRIDE_BACKEND.pipe(z.enum(Object.keys(backends))),
  STRIDE_PROVIDER: environment.STRIDE_PROVIDER.pipe(z.array(z.enum([...providers]))),
};

export type WorkerConfig = ReturnType<typeof loadConfig<(typeof VARIABLES)[number]>>;
/** Injection token of the configuration. */
export const WORKER_CONFIG = Symbol('WorkerConfig');

/** @throws InvalidConfigError naming every wrong variable */
export function loadWorkerConfig(source: NodeJS.ProcessEnv = process.env): WorkerConfig {
  return loadConfig(VARIABLES, source, NARROWER);
}

/** What computes in this worker. */
export function backendOf({ STRIDE_BACKEND }: WorkerConfig): BackendLibrary {
  return backends[STRIDE_BACKEND];
}
