import { BlockList } from 'node:net';
import { fieldProblem } from '../http/problem.js';
import { familyOf, isPublicAddress } from './public-address.js';

const PORTS: readonly number[] = [443, 8443];
/** Names that lead nowhere else than to this machine or its network. */
const LOCAL_NAME = /^localhost$|^[^.]+$|\.(?:localhost|local|internal|lan|home\.arpa)$/;
const FIELD = 'webhook.url';

/**
 * Which receivers may be called: names of the public Internet, and what the operator allows besides:
 * `name[:port]`, wherever that name leads, and subnets such as `10.1.0.0/16`, whatever name leads there.
 */
export class ReceiverRules {
  readonly #subnets = new BlockList();
  readonly #names = new Map<string, Set<number>>();

  /** @param allowed as STRIDE_WEBHOOK_ALLOW lists it */
  constructor(allowed: readonly string[]) {
    for (const entry of allowed) {
      const [network = '', prefix] = entry.split('/');
      const family = familyOf(network);
      if (family !== undefined) this.#subnets.addSubnet(network, Number(prefix), family);
      else this.#allowName(entry);
    }
  }

  /**
   * A receiver's URL in its normal form. Where its name leads is looked at when it is called: it may change.
   * @throws HttpProblem `invalid_webhook_url`, `webhook_address_forbidden`
   */
  parse(text: string): URL {
    if (!URL.canParse(text)) throw fieldProblem(FIELD, 'not a URL', 'invalid_webhook_url');
    const url = new URL(text);
    const name = nameOf(url);
    const refuse = (message: string) => fieldProblem(FIELD, message, 'invalid_webhook_url');
    if (url.protocol !== 'https:') throw refuse(`expected https, got ${url.protocol.slice(0, 20)}`);
    if (url.username !== '' || url.password !== '') throw refuse('a user or password does not belong into it');
    if (familyOf(name) !== undefined) throw forbidden('an address stands in place of a name');
    const allowedPorts = this.#names.get(name);
    if (allowedPorts === undefined && LOCAL_NAME.test(name)) throw forbidden('the name is one of a private network');
    const ports = [...PORTS, ...(allowedPorts ?? [])];
    if (!ports.includes(portOf(url))) throw refuse(`expected port ${ports.join(' or ')}, got ${portOf(url)}`);
    return url;
  }

  /** Whether a name may lead anywhere. */
  trusts(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether any name may lead to this address. */
  allows(address: string): boolean {
    const family = familyOf(address);
    return family !== undefined && (isPublicAddress(address) || this.#subnets.check(address, family));
  }

  #allowName(entry: string): void {
    const [name = '', port] = entry.toLowerCase().split(':');
    const ports = this.#names.get(name) ?? new Set();
    if (port !== undefined) ports.add(Number(port));
    this.#names.set(name, ports);
  }
}

/** The name alone: an IPv6 address stands in brackets, and a last dot says only that the name is whole. */
export function nameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

export function portOf({ port }: URL): number {
  return port === '' ? 443 : Number(port);
}

function forbidden(message: string) {
  return fieldProblem(FIELD, message, 'webhook_address_forbidden');
}
