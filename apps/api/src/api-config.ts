import { loadConfig } from '#server';

/** Injection token of the API's configuration. */
export const API_CONFIG = Symbol('API_CONFIG');

export type ApiConfig = ReturnType<typeof loadApiConfig>;

/** @throws InvalidConfigError naming every wrong variable */
export function loadApiConfig(source: NodeJS.ProcessEnv = process.env) {
  return loadConfig(['REDIS_URL', 'STRIDE_HOST', 'STRIDE_PORT', 'STRIDE_ARTIFACT_ROOT'], source);
}
