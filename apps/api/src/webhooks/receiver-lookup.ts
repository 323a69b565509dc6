import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { familyOf } from './public-address.js';
import type { ReceiverRules } from './receiver-rules.js';

/** Thrown in the middle of connecting when a name leads where no receiver may be. */
export class ForbiddenAddressError extends Error {
  readonly code = 'address_forbidden';
}

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * Names of strangers are asked for without the threads that also read files: slow answers would take all of
 * them. Rejects with the code of the last answer where no name server knows the name.
 */
const askNameServers: Resolve = async (name) => {
  const resolver = new Resolver({ timeout: 1_500, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [first] = answers;
  if (addresses.length === 0 && first?.status === 'rejected') throw first.reason;
  return addresses;
};

/** Names that the operator trusts may stand in a file of this machine. */
const askMachine: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * The `lookup` of a connection to a receiver: the addresses that are connected to are those that were checked
 * here, so that a name which leads elsewhere a moment later gains nothing. One forbidden address among them
 * forbids the name.
 */
export function receiverLookup(rules: ReceiverRules, resolve: Resolve = askNameServers): LookupFunction {
  const find = async (name: string): Promise<LookupAddress[]> => {
    const isTrusted = rules.trusts(name);
    const addresses = await (isTrusted ? askMachine : resolve)(name);
    if (addresses.length === 0) throw Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' });
    if (!isTrusted && !addresses.every((address) => rules.allows(address)))
      throw new ForbiddenAddressError(`${name} leads to an address that is not public`);
    return addresses.map((address) => ({ address, family: familyOf(address) === 'ipv6' ? 6 : 4 }));
  };
  const findThen = callbackify(find);
  return (name: string, { all }: LookupOptions, callback) => {
    findThen(name.replace(/\.$/, ''), (error, found) => {
      if (error) callback(error, []);
      else if (all) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    });
  };
}
