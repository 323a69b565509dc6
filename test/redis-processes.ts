import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisServer, freePort } from '#system';
import { TestProcess } from './processes.js';
import { until } from './until.js';

export interface RedisProcess {
  readonly port: number;
  readonly process: TestProcess;
}

interface ClusterNode extends RedisProcess {
  /** Where the nodes talk to each other. */
  readonly bus: number;
}

/** Redis servers and sentinels with whatever configuration a test wants; they die with the test process. */
export class RedisProcesses {
  readonly directory = mkdtempSync(join(tmpdir(), 'stride-servers-'));
  readonly #started: TestProcess[] = [];
  readonly #clients: Redis[] = [];

  /** @param lines of redis.conf, besides an append-only file and `noeviction` */
  async startServer(lines: readonly string[] = [], port?: number): Promise<RedisProcess> {
    const own = port ?? (await freePort());
    const common = ['save ""', 'appendonly yes', 'maxmemory 256mb', 'maxmemory-policy noeviction'];
    const process = this.#start(own, [`port ${own}`, ...common, `appenddirname aof-${own}`, ...lines], []);
    await process.untilLine((line) => (line.includes('Ready to accept connections') ? true : undefined));
    return { port: own, process };
  }

  /** A sentinel that watches one master under the name `stride`. */
  async startSentinel(masterPort: number, quorum: number, lines: readonly string[] = []): Promise<RedisProcess> {
    const port = await freePort();
    const watched = [
      `sentinel monitor stride 127.0.0.1 ${masterPort} ${quorum}`,
      'sentinel down-after-milliseconds stride 1000',
      'sentinel failover-timeout stride 5000',
    ];
    const process = this.#start(port, [`port ${port}`, ...watched, ...lines], ['--sentinel']);
    await process.untilLine((line) => (line.includes('+monitor master') ? true : undefined));
    return { port, process };
  }

  /** A cluster of so many masters, which share its slots evenly. */
  async startCluster(numNodes: number): Promise<RedisProcess[]> {
    const nodes: RedisProcess[] = [];
    for (let node = 0; node < numNodes; node++) {
      const joined = await this.#startClusterNode();
      const first = Math.ceil((node * 16_384) / numNodes);
      const last = Math.ceil(((node + 1) * 16_384) / numNodes) - 1;
      await this.#clientOf(joined).call('CLUSTER', 'ADDSLOTSRANGE', first, last);
      await this.#clientOf(joined).call('CLUSTER', 'SET-CONFIG-EPOCH', node + 1);
      if (nodes[0] !== undefined) await this.#meet(nodes[0], joined); // only strangers can be given an epoch
      nodes.push(joined);
    }
    for (const node of nodes)
      await until('the cluster stands', async () => {
        const info = String(await this.#clientOf(node).cluster('INFO'));
        return info.includes('cluster_state:ok') && info.includes(`cluster_size:${numNodes}`) ? true : undefined;
      });
    return nodes;
  }

  /** The node that has the slot of a key. */
  async ownerOf(nodes: readonly RedisProcess[], key: string): Promise<RedisProcess> {
    const answers = await Promise.allSettled(nodes.map((node) => this.#clientOf(node).exists(key)));
    const owner = nodes[answers.findIndex(({ status }) => status === 'fulfilled')]; // the others say MOVED
    if (owner === undefined) throw new Error(`no node has the slot of ${key}`);
    return owner;
  }

  /** The same, with a replica from now on. */
  async replicateOwner(nodes: readonly RedisProcess[], key: string): Promise<RedisProcess> {
    const owner = await this.ownerOf(nodes, key);
    const joined = await this.#startClusterNode();
    await this.#meet(owner, joined);
    const replica = this.#clientOf(joined);
    const id = String(await this.#clientOf(owner).cluster('MYID'));
    await until(
      'the nodes know each other',
      async () => (await replica.cluster('REPLICATE', id)) === 'OK' || undefined,
    );
    await until('the replica is up to date', async () =>
      (await replica.info('replication')).includes('master_link_status:up') ? true : undefined,
    );
    return owner;
  }

  /** A client of the test's own. */
  client(url: string, options: object = {}): Redis {
    const client = new Redis(url, options);
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }

  /** Ends everything at once and removes the directory. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.#started.map((process) => process.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #startClusterNode(): Promise<ClusterNode> {
    const [port, bus] = [await freePort(), await freePort()];
    const lines = ['cluster-enabled yes', `cluster-config-file nodes-${port}.conf`, 'cluster-node-timeout 1000'];
    return { ...(await this.startServer([...lines, `cluster-port ${bus}`], port)), bus };
  }

  async #meet(known: RedisProcess, { port, bus }: ClusterNode): Promise<void> {
    await this.#clientOf(known).call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
  }

  #clientOf({ port }: RedisProcess): Redis {
    const known = this.#clients.find(({ options }) => options.port === port);
    return known ?? this.client(`redis://127.0.0.1:${port}`);
  }

  #start(port: number, lines: readonly string[], flags: readonly string[]): TestProcess {
    const found = findRedisServer();
    if ('problem' in found) throw new Error(found.problem);
    const file = join(this.directory, `${port}.conf`); // a sentinel writes into it
    writeFileSync(file, [`dir ${this.directory}`, 'bind 127.0.0.1', ...lines, ''].join('\n'));
    const process = new TestProcess({ name: `redis-${port}`, command: found.binary, args: [file, ...flags] });
    this.#started.push(process);
    return process;
  }
}
