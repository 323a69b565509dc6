import { BlockList, isIP } from 'node:net';

const LOCAL = new BlockList();
LOCAL.addSubnet('127.0.0.0', 8);
LOCAL.addAddress('::1', 'ipv6');
LOCAL.addSubnet('10.0.0.0', 8);
LOCAL.addSubnet('172.16.0.0', 12);
LOCAL.addSubnet('192.168.0.0', 16);
LOCAL.addSubnet('169.254.0.0', 16);
LOCAL.addSubnet('fc00::', 7, 'ipv6');
LOCAL.addSubnet('fe80::', 10, 'ipv6');
/** Names that no public server answers to: single words, and those that end so. */
const LOCAL_NAME = /^[a-z0-9-]+$|\.(?:internal|local|localhost)$/i;

/**
 * The URL of an API whose store is to be used, with a `/` at its end; undefined: it is none, or would send a
 * key and everything else unencrypted through a public network.
 */
export function parseApiLocation(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') return undefined;
  if (parsed.protocol === 'http:' && !isLocal(parsed.hostname)) return undefined;
  parsed.pathname = parsed.pathname.replace(/\/*$/, '/');
  return parsed;
}

function isLocal(hostname: string): boolean {
  const host = hostname.replaceAll(/[[\]]/g, '');
  const version = isIP(host);
  return version === 0 ? LOCAL_NAME.test(host) : LOCAL.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
