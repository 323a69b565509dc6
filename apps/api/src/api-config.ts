import { loadConfig, REDIS_VARIABLES, STORE_VARIABLES } from '#server';

const VARIABLES = [
  ...REDIS_VARIABLES,
  'STRIDE_SHARDS',
  'STRIDE_DURABLE_ACCEPT',
  'STRIDE_KEPT_RESULTS',
  'STRIDE_ACCESS_LOG',
  'STRIDE_HOST',
  'STRIDE_REQUIRE_AUTH',
  'STRIDE_PORT',
  'STRIDE_MANAGEMENT_PORT',
  'STRIDE_MANAGEMENT_HOST',
  'STRIDE_TLS_CERT',
  'STRIDE_TLS_KEY',
  'STRIDE_PUBLIC_URL',
  'STRIDE_ALLOWED_HOSTS',
  'STRIDE_TRUST_PROXY',
  ...STORE_VARIABLES,
  'STRIDE_WEBHOOK_ALLOW',
  'STRIDE_POLICY',
  'STRIDE_POLICY_PORT',
] as const;

/** Injection token of the API's configuration. */
export const API_CONFIG = Symbol('API_CONFIG');

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** @throws InvalidConfigError naming every wrong variable */
export function loadApiConfig(source: NodeJS.ProcessEnv = process.env) {
  return loadConfig(VARIABLES, source);
}
