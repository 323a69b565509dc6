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
  REDIS_URL: z
    .string()
    .default('redis://127.0.0.1:6379')
    .superRefine((url, context) => {
      const parsed = parseRedisUrl(url);
      if ('problem' in parsed) context.addIssue(parsed.problem);
    })
    .describe('version 6.2 or later, `maxmemory-policy noeviction`; see [Redis](deployment.md#redis)'),
  STRIDE_REDIS_USERNAME: nonEmpty.optional().describe('ACL user of Redis, instead of one in the address'),
  STRIDE_REDIS_PASSWORD_FILE: nonEmpty
    .optional()
    .describe('file with the password of Redis, instead of one in the address'),
  STRIDE_REDIS_SENTINEL_USERNAME: nonEmpty.optional().describe('user of the sentinels, if they have any'),
  STRIDE_REDIS_SENTINEL_PASSWORD_FILE: nonEmpty.optional().describe('file with the password of the sentinels'),
  STRIDE_REDIS_CA: nonEmpty
    .optional()
    .describe('PEM file: the authority whose certificates of Redis are trusted; unset: those of Node'),
  STRIDE_REDIS_CERT: nonEmpty
    .optional()
    .describe('PEM file: our certificate, which Redis asks for unless it has `tls-auth-clients no`'),
  STRIDE_REDIS_KEY: nonEmpty.optional().describe('PEM file: its key'),
  STRIDE_SHARDS: integer(1, MOST_SHARDS)
    .default(1)
    .describe('queues side by side, 1 to 1,024; see [Shards](deployment.md#shards)'),
  STRIDE_DURABLE_ACCEPT: z
    .stringbool()
    .default(false)
    .describe("`true`: jobs and cancels are acknowledged once Redis' disk has them; see [Redis](deployment.md#redis)"),
  STRIDE_LOG_LEVEL: z
    .enum(['verbose', 'debug', 'log', 'warn', 'error', 'fatal'])
    .default('log')
    .describe('`verbose`, `debug`, `log`, `warn`, `error` or `fatal`: the least important lines that are shown'),
  STRIDE_KEPT_RESULTS: integer(1_000, 1_000_000)
    .default(KINDS.sampling.kept.completed.count)
    .describe('results of sampling jobs that are kept, the newest; about 8 KiB of Redis each'),
  STRIDE_ACCESS_LOG: z
    .stringbool({ error: 'expected true or false' })
    .default(false)
    .describe('`true`: a line for each answer; see [Logs](deployment.md#logs)'),
  STRIDE_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address to listen on; the API serves other machines only with API keys'),
  STRIDE_REQUIRE_AUTH: z
    .stringbool()
    .optional()
    .describe('`true` asks for a key also while there is none; see [security.md](security.md)'),
  STRIDE_PORT: port(3000).describe('0 takes a free one'),
  STRIDE_MANAGEMENT_PORT: integer(0, 65_535)
    .optional()
    .describe(
      'port for operators; unset: none, and with keys a free one; see [there](deployment.md#the-management-port)',
    ),
  STRIDE_MANAGEMENT_HOST: z.string().min(1).default('127.0.0.1').describe('address of that port'),
  STRIDE_TLS_CERT: z
    .string()
    .min(1)
    .optional()
    .describe('file of the certificate and those between it and its authority; all ports then speak TLS'),
  STRIDE_TLS_KEY: z.string().min(1).optional().describe('file of its key'),
  STRIDE_PUBLIC_URL: baseUrl
    .optional()
    .describe('where clients reach it, such as `https://stride.example.com`: links begin with it'),
  STRIDE_ALLOWED_HOSTS: list(hostName)
    .default([])
    .describe('further host names that it answers to, such as `a.example.com,b.example.com`'),
  STRIDE_TRUST_PROXY: integer(0, 16).default(0).describe('how many proxies stand before it, exactly'),
  STRIDE_METRICS_PORT: port(9464).describe('0 takes a free one'),
  STRIDE_METRICS_HOST: z
    .string()
    .min(1)
    .optional()
    .describe('address for its metrics and health; unset: `STRIDE_HOST`'),
  STRIDE_ADVERTISE_HOST: hostName
    .optional()
    .describe('by what name or address Prometheus reaches it; unset: [it finds out](deployment.md#prometheus)'),
  STRIDE_ARTIFACTS: z
    .string()
    .min(1)
    .default('.stride/artifacts')
    .refine((location) => storeLocation(location) !== undefined, `expected ${STORE_LOCATIONS}`)
    .transform((location) => storeLocation(location) ?? location)
    .describe(
      'a directory or URL that all processes share, see [there](deployment.md#artifacts); `STRIDE_ARTIFACT_ROOT` before',
    ),
  STRIDE_ARTIFACTS_KEY: nonEmpty
    .optional()
    .describe('an API key with the scope `store`, where `STRIDE_ARTIFACTS` is the URL of an API'),
  STRIDE_ARTIFACTS_CACHE: nonEmpty
    .default(DEFAULT_STORE_SETTINGS.cache)
    .describe('a directory of the machine for bytes that come from another machine or go there'),
  STRIDE_ARTIFACTS_CACHE_BYTES: integer(0, Number.MAX_SAFE_INTEGER)
    .default(DEFAULT_STORE_SETTINGS.cacheBytes)
    .describe('how much of what was read from another machine stays there; 0: nothing'),
  STRIDE_S3_FORCE_PATH_STYLE: z
    .stringbool({ error: 'expected true or false' })
    .optional()
    .describe(
      '`true`: the server is asked for `/bucket/key`, `false`: for `bucket.host/key`; unset: true with an endpoint of your own',
    ),
  STRIDE_QUEUES: list(z.enum(JOB_KINDS))
    .refine((queues) => queues.length > 0 && new Set(queues).size === queues.length, 'expected each queue once')
    .default([...JOB_KINDS])
    .describe('which jobs it takes'),
  STRIDE_BACKEND: z
    .string()
    .default('auto')
    .describe(
      '`auto`: the best that works, see [GPU](deployment.md#gpu); `onnx`, `tfjs`, `webgpu`, `cuda`: that one alone',
    ),
  STRIDE_PROVIDER: list(z.string().min(1))
    .default([])
    .describe(
      '`cuda`, `webgpu`, `cpu`, in order of preference; for `tfjs` also `gpu`, `node`, `wasm`; unset: the best that works',
    ),
  STRIDE_THREADS: integer(0, 256).default(0).describe('engine threads on the processor; 0 is one per usable core'),
  STRIDE_DEVICES: z
    .string()
    .regex(/^(?!0*$)[^,]+(?:,[^,]+)*$/, 'expected a number from 1, or names')
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : split(text)))
    .optional()
    .describe('GPUs with an engine thread each: so many, or parts of their names, such as `H200,H200`; unset: 1'),
  STRIDE_MODEL_MEMORY: integer(1, Number.MAX_SAFE_INTEGER)
    .default(defaultModelMemory)
    .describe('bytes of loaded models over all engine threads; `stride up` shares the half among its workers'),
  STRIDE_POLICY: ModelReference.optional().describe(
    'model (`robot@stable`) that a WebSocket to `/` gets, see [policy-socket.md](policy-socket.md)',
  ),
  STRIDE_POLICY_PORT: integer(0, 65_535).optional().describe('a port where robots get that policy and nothing else'),
  STRIDE_WEBHOOK_ALLOW: list(receiver)
    .default([])
    .describe('receivers of [webhooks](webhooks.md#where-they-may-go) in your own network'),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl
    .optional()
    .describe('collector of traces, such as `http://127.0.0.1:4318`; see [tracing.md](tracing.md)'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collectorUrl
    .optional()
    .describe('the same, with its path: `http://127.0.0.1:4318/v1/traces`'),
  OTEL_SDK_DISABLED: z.stringbool({ error: 'expected true or false' }).default(false).describe('`true`: no traces'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp').describe('`none`: no traces'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/json', 'http/protobuf'])
    .default('http/json')
    .describe('or `http/protobuf`, which collectors take at the same address: JSON is sent all the same'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z
    .enum(['http/json', 'http/protobuf'])
    .optional()
    .describe('the same for traces alone'),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on')
    .describe('which traces are recorded'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0|1|[01]?\.\d+|1\.0+)$/, 'expected a ratio from 0 to 1')
    .refine((ratio) => Number(ratio) <= 1, 'expected a ratio from 0 to 1')
    .optional()
    .describe('the ratio of `traceidratio` and `parentbased_traceidratio`; unset: 1'),
  STRIDE_MAX_BATCH_ROWS: integer(1, 4_096).optional().describe('rows of one batch; unset: 256, on a GPU 4,096'),
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
