import { loadConfig } from '../config.js';
import { NO_TRACING, type Tracing } from './tracing.js';

/** Either of them switches traces on. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

const VARIABLES = [
  ...ENDPOINTS,
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_EXPORTER',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
] as const;

/**
 * The traces that OpenTelemetry's own variables ask for: none without the address of a collector. Only then
 * is OpenTelemetry loaded.
 * @param role names the service where OTEL_SERVICE_NAME does not
 * @throws InvalidConfigError naming every variable that asks for what is not there
 */
export async function openTracing(role: string, given: NodeJS.ProcessEnv = process.env): Promise<Tracing> {
  // an empty variable counts as none, as OpenTelemetry has it
  const source = Object.fromEntries(VARIABLES.map((name) => [name, given[name] || undefined]));
  if (ENDPOINTS.every((name) => source[name] === undefined)) return NO_TRACING;
  const config = loadConfig(VARIABLES, source);
  if (config.OTEL_SDK_DISABLED || config.OTEL_TRACES_EXPORTER === 'none') return NO_TRACING;
  const { startOpenTelemetry } = await import('./open-telemetry.js');
  return startOpenTelemetry(role);
}
