import { readFileSync } from 'node:fs';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { InvalidConfigError } from '../config.js';
import { parseRedisUrl, type RedisNode, type RedisTopology } from './redis-url.js';

/** The variables that say how Redis is reached; every process that connects to it reads all of them. */
export const REDIS_VARIABLES = [
  'REDIS_URL',
  'STRIDE_REDIS_USERNAME',
  'STRIDE_REDIS_PASSWORD_FILE',
  'STRIDE_REDIS_SENTINEL_USERNAME',
  'STRIDE_REDIS_SENTINEL_PASSWORD_FILE',
  'STRIDE_REDIS_CA',
  'STRIDE_REDIS_CERT',
  'STRIDE_REDIS_KEY',
] as const;

type RedisVariable = (typeof REDIS_VARIABLES)[number];
type RedisSettings = { readonly REDIS_URL: string } & { readonly [Name in RedisVariable]?: string | undefined };

interface RedisCredentials {
  readonly username?: string;
  readonly password?: string;
}

/** Files in PEM form, as Node's TLS takes them. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** How Redis is reached: what every connection of this process is made from. */
export interface RedisAddress {
  readonly topology: RedisTopology;
  readonly database: number;
  readonly credentials: RedisCredentials;
  /** Of the sentinels, which have users of their own. */
  readonly sentinelCredentials: RedisCredentials;
  readonly tls: RedisTls | undefined;
  /** Of the keys whose server is looked for in a cluster; default: of the first shard. */
  readonly prefix?: string;
}

/** @throws InvalidConfigError naming every wrong variable, and quoting no password */
export function redisAddress(settings: RedisSettings): RedisAddress {
  const url = parseRedisUrl(settings.REDIS_URL);
  if ('problem' in url) throw new InvalidConfigError('invalid_config', `REDIS_URL: ${url.problem}`);
  const problems: string[] = [];
  const read = (name: RedisVariable, check?: (text: string) => unknown) => {
    const text = readSetting(name, settings[name], check);
    if (typeof text !== 'object') return text;
    problems.push(text.problem);
    return undefined;
  };
  const filePassword = read('STRIDE_REDIS_PASSWORD_FILE')?.trim();
  if (filePassword !== undefined && url.password !== undefined)
    problems.push('STRIDE_REDIS_PASSWORD_FILE: REDIS_URL has a password, too');
  if (settings.STRIDE_REDIS_USERNAME !== undefined && url.user !== undefined)
    problems.push('STRIDE_REDIS_USERNAME: REDIS_URL has a user, too');
  const credentials = loginOf(settings.STRIDE_REDIS_USERNAME ?? url.user, filePassword ?? url.password);
  if (credentials.username !== undefined && credentials.password === undefined)
    problems.push('REDIS_URL: a user without a password');
  const sentinelCredentials = loginOf(
    settings.STRIDE_REDIS_SENTINEL_USERNAME,
    read('STRIDE_REDIS_SENTINEL_PASSWORD_FILE')?.trim(),
  );
  if (url.topology.kind !== 'sentinel' && Object.keys(sentinelCredentials).length > 0)
    problems.push('STRIDE_REDIS_SENTINEL_…: REDIS_URL names no sentinels (redis+sentinel://)');
  const files = {
    ca: read('STRIDE_REDIS_CA', (pem) => new X509Certificate(pem)),
    cert: read('STRIDE_REDIS_CERT', (pem) => new X509Certificate(pem)),
    key: read('STRIDE_REDIS_KEY', (pem) => createPrivateKey(pem)),
  };
  problems.push(...wrongTls(files, url.isEncrypted));
  if (problems.length > 0) throw new InvalidConfigError('invalid_config', problems.join('\n'));
  const { topology, database } = url;
  return { topology, database, credentials, sentinelCredentials, tls: url.isEncrypted ? present(files) : undefined };
}

/** Where Redis is, for people: without user and password. */
export function describeRedisAddress({ topology, tls }: RedisAddress): string {
  const scheme = tls === undefined ? 'redis' : 'rediss';
  if (topology.kind === 'server') return `${scheme}://${describeNode(topology.node)}`;
  const nodes = topology.nodes.map(describeNode).join(',');
  return `${scheme}+${topology.kind}://${nodes}${topology.kind === 'sentinel' ? `/${topology.master}` : ''}`;
}

/** `host:port`, an IPv6 address in brackets. */
export function describeNode({ host, port }: RedisNode): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function wrongTls({ cert, key, ca }: RedisTls, isEncrypted: boolean): string[] {
  const given = Object.entries({ STRIDE_REDIS_CA: ca, STRIDE_REDIS_CERT: cert, STRIDE_REDIS_KEY: key });
  const named = given.flatMap(([name, text]) => (text === undefined ? [] : [name]));
  if (named.length > 0 && !isEncrypted) return [`${named.join(', ')}: REDIS_URL asks for no TLS (rediss://)`];
  if ((cert === undefined) === (key === undefined)) return [];
  return ['STRIDE_REDIS_CERT, STRIDE_REDIS_KEY: a client certificate needs both'];
}

function readSetting(
  name: RedisVariable,
  path: string | undefined,
  check: (text: string) => unknown = () => undefined,
): string | undefined | { readonly problem: string } {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { problem: `${name}: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (text.trim() === '') return { problem: `${name}: the file ${path} is empty` };
  try {
    check(text);
    return text;
  } catch {
    return { problem: `${name}: the file ${path} holds nothing in PEM form that can be used` };
  }
}

function loginOf(username: string | undefined, password: string | undefined): RedisCredentials {
  return present({ username, password });
}

/** Without what is absent: a library may take an undefined option for a given one. */
function present<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
}
