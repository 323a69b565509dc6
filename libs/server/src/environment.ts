import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { z } from 'zod';
import { JOB_KINDS, KINDS, ModelReference, MOST_SHARDS } from '#contract';
import { DEFAULT_STORE_SETTINGS, STORE_LOCATIONS, storeLocation } from '#storage';
import { parseRedisUrl } from './redis/redis-url.js';

/** Half of what this process may use: of its container where that is limited, else of the machine. */
export function defaultModelMemory(): number {
  const limit = process.constrainedMemory() ?? 0; // 0, or more than there is, where nothing limits it
  return Math.floor((limit > 0 ? Math.min(limit, totalmem()) : totalmem()) / 2);
}
/** Digits and nothing else: `Number` would read an empty text as 0 and '0x10' as 16. */
const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `expected an integer from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected an integer from ${least} to ${most}`);
const nonEmpty = z.string().min(1);
const port = (fallback: number) => integer(0, 65_535).default(fallback);
/** A comma-separated list; empty entries are an error. */
const list = <Item extends z.ZodType<string>>(item: Item) =>
  z.preprocess((value) => (typeof value === 'string' ? split(value) : value), z.array(item));
const BASE_URL = 'expected a URL such as https://stride.example.com, without user, query and fragment';
const baseUrl = z
  .url({ protocol: /^https?$/, error: BASE_URL, abort: true })
  .transform((text) => new URL(text))
  .refine(({ href, origin, pathname }) => href === origin + pathname, BASE_URL)
  .transform(({ href }) => href.replace(/\/+$/, ''));
const collectorUrl = z.url({ protocol: /^https?$/, error: 'expected a URL such as http://127.0.0.1:4318' });
const urlOfHost = (host: string) => `http://${host.includes(':') ? `[${host}]` : host}`;
/** As browsers write it, but for the brackets of IPv6. */
const hostName = z
  .string()
  .refine(
    (host) => /^(?:[\w.-]+|[\da-f:.]+:[\da-f:.]*)$/i.test(host) && URL.canParse(urlOfHost(host)),
    'expected host names or addresses, without scheme and port',
  )
  .transform((host) => new URL(urlOfHost(host)).hostname.replaceAll(/[[\]]/g, ''));

/** `hooks.internal`, `hooks.internal:9443`, `10.1.0.0/16` or `fd12::/16`. */
const receiver = z.union([
  z.cidrv4(),
  z.cidrv6(),
  z.string().regex(/^[a-zA-Z][a-zA-Z0-9.-]{0,252}(?::[1-9][0-9]{0,4})?$/, 'expected names and subnets'),
]);

/**
 * Every environment variable of the services, each described once; an app picks the ones it reads.
 * Ports: 0 takes a free one.
 */
export const environment = {
  /** One server, sentinels or a cluster; `redisAddress` reads it together with the next seven. */
  REDIS_URL: z
    .string()
    .default('redis://127.0.0.1:6379')
    .superRefine((url, context) => {
      const parsed = parseRedisUrl(url);
      if ('problem' in parsed) context.addIssue(parsed.problem);
    }),
  STRIDE_REDIS_USERNAME: nonEmpty.optional(),
  STRIDE_REDIS_PASSWORD_FILE: nonEmpty.optional(),
  /** Sentinels have users of their own. */
  STRIDE_REDIS_SENTINEL_USERNAME: nonEmpty.optional(),
  STRIDE_REDIS_SENTINEL_PASSWORD_FILE: nonEmpty.optional(),
  /** Files in PEM form: whom to trust, and who we are. */
  STRIDE_REDIS_CA: nonEmpty.optional(),
  STRIDE_REDIS_CERT: nonEmpty.optional(),
  STRIDE_REDIS_KEY: nonEmpty.optional(),
  /** Queues side by side, each in a hash slot of its own; the same in every API process and worker. */
  STRIDE_SHARDS: integer(1, MOST_SHARDS).default(1),
  /** Jobs are acknowledged once they are on Redis' disk. */
  STRIDE_DURABLE_ACCEPT: z.stringbool().default(false),
  /** The least important lines that the log shows. */
  STRIDE_LOG_LEVEL: z.enum(['verbose', 'debug', 'log', 'warn', 'error', 'fatal']).default('log'),
  /** A line for each answer. */
  STRIDE_KEPT_RESULTS: integer(1_000, 1_000_000).default(KINDS.sampling.kept.completed.count),
  STRIDE_ACCESS_LOG: z.stringbool({ error: 'expected true or false' }).default(false),
  /** Address to listen on; the API serves other machines only with API keys. */
  STRIDE_HOST: z.string().min(1).default('127.0.0.1'),
  /** Asks for a key also while there is none; without it, keys are asked for once there is one. */
  STRIDE_REQUIRE_AUTH: z.stringbool().optional(),
  STRIDE_PORT: port(3000),
  /** Metrics, queue board and details of health; default: none, and with keys a free one. */
  STRIDE_MANAGEMENT_PORT: integer(0, 65_535).optional(),
  STRIDE_MANAGEMENT_HOST: z.string().min(1).default('127.0.0.1'),
  /** Files of the certificate, with those between, and its key; read again when they change. */
  STRIDE_TLS_CERT: z.string().min(1).optional(),
  STRIDE_TLS_KEY: z.string().min(1).optional(),
  /** Where clients reach the service: links start with it, and its name is answered. No slash at the end. */
  STRIDE_PUBLIC_URL: baseUrl.optional(),
  /** Further names that the service answers to. */
  STRIDE_ALLOWED_HOSTS: list(hostName).default([]),
  /** How many proxies stand before the service; what more of them claim to have forwarded is not believed. */
  STRIDE_TRUST_PROXY: integer(0, 16).default(0),
  STRIDE_METRICS_PORT: port(9464),
  /** Where a worker shows metrics and health; default: STRIDE_HOST. */
  STRIDE_METRICS_HOST: z.string().min(1).optional(),
  /** By what name or address Prometheus reaches a worker; default: where it listens, or its way to Redis. */
  STRIDE_ADVERTISE_HOST: hostName.optional(),
  /** Where datasets, models, results and checkpoints live; shared by all processes of an installation. */
  STRIDE_ARTIFACTS: z
    .string()
    .min(1)
    .default('.stride/artifacts')
    .refine((location) => storeLocation(location) !== undefined, `expected ${STORE_LOCATIONS}`)
    .transform((location) => storeLocation(location) ?? location),
  /** An API key with the scope `store`, where STRIDE_ARTIFACTS is the URL of an API. */
  STRIDE_ARTIFACTS_KEY: nonEmpty.optional(),
  /** A directory of this machine for bytes that come from a store elsewhere, or go there. */
  STRIDE_ARTIFACTS_CACHE: nonEmpty.default(DEFAULT_STORE_SETTINGS.cache),
  /** How much of what came from a store elsewhere stays there; 0: nothing. */
  STRIDE_ARTIFACTS_CACHE_BYTES: integer(0, Number.MAX_SAFE_INTEGER).default(DEFAULT_STORE_SETTINGS.cacheBytes),
  /** Whether an S3 server is asked for `/bucket/key`; default: where AWS_ENDPOINT_URL_S3 names one. */
  STRIDE_S3_FORCE_PATH_STYLE: z.stringbool({ error: 'expected true or false' }).optional(),
  STRIDE_QUEUES: list(z.enum(JOB_KINDS))
    .refine((queues) => queues.length > 0 && new Set(queues).size === queues.length, 'expected each queue once')
    .default([...JOB_KINDS]),
  /** What computes; the worker knows which there are. */
  STRIDE_BACKEND: z.string().default('auto'),
  /** What that runs on, in order of preference; empty: as the backend likes best. */
  STRIDE_PROVIDER: list(z.string().min(1)).default([]),
  /** Engine threads on the processor; 0: one per usable core. */
  STRIDE_THREADS: integer(0, 256).default(0),
  /** Devices with an engine thread each: the first so many, or those in whose names these texts occur. */
  STRIDE_DEVICES: z
    .string()
    .regex(/^(?!0*$)[^,]+(?:,[^,]+)*$/, 'expected a number from 1, or names')
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : split(text)))
    .optional(),
  /** Bytes that loaded models may take over all engine threads. */
  STRIDE_MODEL_MEMORY: integer(1, Number.MAX_SAFE_INTEGER).default(defaultModelMemory),
  /** The policy that a WebSocket gets which names none, for robots that know only a host and a port. */
  STRIDE_POLICY: ModelReference.optional(),
  /** Where such robots connect, and get nothing else; default: STRIDE_PORT alone. */
  STRIDE_POLICY_PORT: integer(0, 65_535).optional(),
  /** Receivers of webhooks that are not of the public Internet: names with or without a port, and subnets. */
  STRIDE_WEBHOOK_ALLOW: list(receiver).default([]),
  /** Where spans go; OpenTelemetry reads the rest of its variables itself. */
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl.optional(),
  OTEL_SDK_DISABLED: z.stringbool({ error: 'expected true or false' }).default(false),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  /** JSON is what is spoken; whoever takes protobuf by HTTP takes it at the same address. */
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/json', 'http/protobuf']).default('http/json'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.enum(['http/json', 'http/protobuf']).optional(),
  /** Which traces are recorded, and the ratio of those that begin here. */
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0|1|[01]?\.\d+|1\.0+)$/, 'expected a ratio from 0 to 1')
    .refine((ratio) => Number(ratio) <= 1, 'expected a ratio from 0 to 1')
    .optional(),
  /** Rows of one batch; default: as many as the backend has use for. */
  STRIDE_MAX_BATCH_ROWS: integer(1, 4_096).optional(),
} as const;

/** Values that may hold a password: an error names the variable alone. */
export const SECRET_VARIABLES: ReadonlySet<string> = new Set(['REDIS_URL', 'STRIDE_ARTIFACTS_KEY']);

/** Shorter ones would also be words. */
const MIN_SECRET_LENGTH = 4;

/** Files that hold a password and nothing else. */
const SECRET_FILES = ['STRIDE_REDIS_PASSWORD_FILE', 'STRIDE_REDIS_SENTINEL_PASSWORD_FILE'];

/** `name=value,name=value`, often with the token that a collector asks for. */
const COLLECTOR_HEADERS = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'];

/** The passwords in those variables and files, as they are written there and as they are meant. */
export function secretsIn(source: NodeJS.ProcessEnv): readonly string[] {
  const passwords = [...SECRET_VARIABLES].flatMap((name) => {
    // an address that is none may hold one, too
    const written = /^[\w+]+:\/\/[^/@]*:([^/@]*)@/.exec(source[name] ?? '')?.[1] ?? '';
    return [written, decoded(written)];
  });
  const files = SECRET_FILES.map((name) => contentOf(source[name]));
  const keys = [source.STRIDE_ARTIFACTS_KEY ?? '', ...COLLECTOR_HEADERS.flatMap((name) => headerValues(source[name]))];
  return [...new Set([...passwords, ...files, ...keys])].filter((password) => password.length >= MIN_SECRET_LENGTH);
}

function headerValues(headers = ''): string[] {
  return headers.split(',').map((header) => decoded(header.slice(header.indexOf('=') + 1).trim()));
}

/** Nothing where it cannot be read: whoever needs it says so. */
function contentOf(path: string | undefined): string {
  try {
    return path === undefined ? '' : readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names that variables had in the release before, and what they are called now. */
export const RENAMED: Readonly<Record<string, keyof typeof environment>> = {
  STRIDE_ARTIFACT_ROOT: 'STRIDE_ARTIFACTS',
};

/** Variables that belong to clients; a service may see them and does not read them. */
const CLIENT_VARIABLES = ['STRIDE_URL', 'STRIDE_API_KEY'];

/** All names that a process may find in its environment. */
export const KNOWN_VARIABLES: readonly string[] = [...Object.keys(environment), ...CLIENT_VARIABLES];

function split(text: string): string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim());
}
