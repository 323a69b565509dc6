import { Redis } from 'ioredis';
import { z } from 'zod';
import { STRIDE_PREFIX } from '#queue';
import { describeNode, type RedisAddress } from './redis-address.js';
import type { RedisNode } from './redis-url.js';
import { redisTrouble, type ConnectionPhase } from './redis-trouble.js';

/** A guide that does not answer for so long is passed over for the next. */
const ANSWER_MS = 1_000;
/** How often a process whose connections stand asks whether another server has become the right one. */
const LOOK_MS = 1_000;

/** Nobody of those who should know says where the right server is. */
class NoGuideError extends Error {
  override readonly name = 'NoGuideError';
}

type Owner = RedisNode | { readonly problem: string };

/**
 * Those who know which server has our keys at present: sentinels, or the nodes of a cluster, where all keys
 * of a shard share one slot. Asks one after the other; while anybody listens, again and again, so that a
 * server that was replaced is left even if it says nothing any more.
 */
export class RedisGuides {
  readonly #nodes: RedisNode[];
  readonly #listeners = new Set<(owner: RedisNode) => void>();
  #client: Redis | undefined;
  #looking: NodeJS.Timeout | undefined;

  constructor(private readonly address: RedisAddress) {
    this.#nodes = address.topology.kind === 'server' ? [address.topology.node] : [...address.topology.nodes];
  }

  /** @throws NoGuideError with what each of them said */
  async owner(): Promise<RedisNode> {
    const troubles: string[] = [];
    for (let turn = this.#nodes.length; turn > 0; turn -= 1) {
      const [guide] = this.#nodes;
      if (guide === undefined) break;
      const answer = await this.#ask(guide);
      if (!('problem' in answer)) return answer;
      troubles.push(`${describeNode(guide)}: ${answer.problem}`);
      this.next();
    }
    throw new NoGuideError(troubles.join('; '));
  }

  /** Another guide is asked first from now on: this one's answer led nowhere. */
  next(): void {
    this.#client?.disconnect();
    this.#client = undefined;
    this.#nodes.push(...this.#nodes.splice(0, 1));
  }

  /** Calls with the right server again and again, until the returned function is called. */
  watch(listener: (owner: RedisNode) => void): () => void {
    this.#listeners.add(listener);
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#looking);
      this.#looking = undefined;
      this.#client?.disconnect();
      this.#client = undefined;
    };
  }

  #look(): void {
    this.owner().then(
      (owner) => this.#listeners.forEach((listener) => listener(owner)),
      () => undefined, // without guides the present server is as good as any
    );
  }

  async #ask(guide: RedisNode): Promise<Owner> {
    let lastError: Error | undefined;
    let phase: ConnectionPhase = 'connecting';
    this.#client ??= this.#connect(guide);
    const client = this.#client;
    const hear = (error: Error) => (lastError = error); // says more than the rejected command
    const reach = () => (phase = 'greeting');
    client.on('error', hear).on('connect', reach);
    try {
      return this.address.topology.kind === 'sentinel'
        ? await masterOf(client, this.address.topology.master)
        : await this.#slotOwner(client, guide);
    } catch (error) {
      return { problem: this.#troubleOf(lastError ?? error, phase) };
    } finally {
      client.off('error', hear).off('connect', reach);
    }
  }

  #troubleOf(error: unknown, phase: ConnectionPhase): string {
    const cause = error instanceof Error ? error : new Error(String(error));
    return redisTrouble(cause, { tls: this.address.tls, phase });
  }

  async #slotOwner(client: Redis, guide: RedisNode): Promise<Owner> {
    const slot = await client.cluster('KEYSLOT', this.address.prefix ?? STRIDE_PREFIX);
    const ranges = Slots.parse(await client.cluster('SLOTS'));
    const nodeOf = ([host, port]: z.output<typeof SlotNode>) => ({ host: host || guide.host, port });
    for (const node of ranges.flatMap(([, , ...nodes]) => nodes.map(nodeOf)))
      if (!this.#nodes.some(({ host, port }) => host === node.host && port === node.port)) this.#nodes.push(node);
    const master = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2];
    return master === undefined ? { problem: `no node has slot ${slot}` } : nodeOf(master);
  }

  #connect({ host, port }: RedisNode): Redis {
    const { topology, credentials, sentinelCredentials, tls } = this.address;
    const client = new Redis({
      host,
      port,
      ...(topology.kind === 'sentinel' ? sentinelCredentials : credentials),
      tls,
      enableReadyCheck: false,
      connectTimeout: ANSWER_MS,
      commandTimeout: ANSWER_MS,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined); // whoever asks hears it
    client.on('end', () => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }
}

const Master = z.tuple([z.string(), z.coerce.number()]).nullable();
const SlotNode = z.tuple([z.string().nullable(), z.number()]).rest(z.unknown());
const Slots = z.array(z.tuple([z.number(), z.number(), SlotNode]).rest(SlotNode));

async function masterOf(client: Redis, name: string): Promise<Owner> {
  const master = Master.parse(await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name));
  if (master === null) return { problem: `this sentinel knows no master "${name}"` };
  const [host, port] = master;
  return { host, port };
}
