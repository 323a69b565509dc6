/** One server that listens somewhere. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** What REDIS_URL says. */
interface RedisUrl {
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly topology: RedisTopology;
}

/** One server; or those who know which server it is at present: sentinels, or the nodes of a cluster. */
export type RedisTopology =
  | { readonly kind: 'server'; readonly node: RedisNode }
  | { readonly kind: 'sentinel'; readonly nodes: readonly RedisNode[]; readonly master: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[] };

const FORMS =
  'redis://host:6379, redis+sentinel://host1:26379,host2:26379/master or redis+cluster://host1:6379,host2:6379';
const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/;
const DEFAULT_PORT = { server: 6379, cluster: 6379, sentinel: 26_379 } as const;

/**
 * Reads the address of Redis. Whatever it would not obey is a problem; none of them quotes a user or a
 * password.
 */
export function parseRedisUrl(text: string): RedisUrl | { readonly problem: string } {
  const match = FORM.exec(text);
  if (match === null) return { problem: `expected ${FORMS}, with rediss for TLS; / ? # in a password as %2F %3F %23` };
  const [, secure, way, login, hosts = '', path = '', query, fragment] = match;
  if (query !== undefined || fragment !== undefined) return { problem: surplus(query ?? '') };
  const kind = way === 'sentinel' || way === 'cluster' ? way : 'server';
  const nodes = hosts.split(',').map((host) => parseNode(host, DEFAULT_PORT[kind]));
  if (!nodes.every((node) => node !== undefined)) return { problem: 'expected host or host:port, [IPv6] in brackets' };
  const credentials = parseLogin(login);
  if (credentials === undefined) return { problem: 'the user or password is no valid percent-encoding' };
  const place = parsePlace(kind, nodes, path);
  return 'problem' in place ? place : { isEncrypted: secure === 's', ...credentials, ...place };
}

function surplus(query: string): string {
  const name = (query.split('&', 1)[0] ?? '').split('=', 1)[0] ?? '';
  const shown = /^[\w.-]{1,40}$/.test(name) ? `"${name}" is no parameter` : 'parameters are none';
  return `${shown} of this address, which has none: expected ${FORMS}; TLS files and passwords are variables of their own`;
}

function parsePlace(
  kind: RedisTopology['kind'],
  nodes: readonly RedisNode[],
  path: string,
): Pick<RedisUrl, 'topology' | 'database'> | { readonly problem: string } {
  const [first, second, ...rest] = path.split('/');
  const number = kind === 'sentinel' ? second : first;
  const database = number === undefined || number === '' ? 0 : Number(/^\d{1,4}$/.test(number) ? number : Number.NaN);
  const tooMuch = rest.length > 0 || (kind !== 'sentinel' && second !== undefined);
  if (Number.isNaN(database) || tooMuch) return { problem: `expected the number of a database at its end: ${FORMS}` };
  const topology = parseTopology(kind, nodes, first ?? '');
  if ('problem' in topology) return topology;
  if (kind === 'cluster' && database !== 0) return { problem: 'a cluster has database 0 alone' };
  return { database, topology };
}

function parseTopology(
  kind: RedisTopology['kind'],
  nodes: readonly RedisNode[],
  master: string,
): RedisTopology | { readonly problem: string } {
  if (kind === 'cluster') return { kind, nodes };
  if (kind === 'sentinel')
    return /^[\w.-]+$/.test(master)
      ? { kind, nodes, master }
      : { problem: 'expected the name of the master behind the sentinels, as in redis+sentinel://host:26379/mymaster' };
  const [node, ...others] = nodes;
  return node === undefined || others.length > 0
    ? { problem: 'several hosts need redis+sentinel:// or redis+cluster://' }
    : { kind, node };
}

function parseNode(text: string, defaultPort: number): RedisNode | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

function parseLogin(login: string | undefined): Pick<RedisUrl, 'user' | 'password'> | undefined {
  const [user = '', ...password] = (login ?? '').split(':');
  try {
    return {
      user: decodeURIComponent(user) || undefined,
      password: decodeURIComponent(password.join(':')) || undefined,
    };
  } catch {
    return undefined;
  }
}
