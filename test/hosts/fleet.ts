import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createStrideClient, type StrideClient } from '#client';
import { findRedisServer } from '#system';
import { eventLine, root, type TestProcess } from '../processes.js';
import { VirtualHosts } from './virtual-hosts.js';

const HOSTS = ['redis', 's3', 'api-1', 'api-2', 'worker-1', 'worker-2'];
const PASSWORD = 'a-password-of-redis';
const BUCKET = 'stride-test';

/** The service on several machines, set up as docs/several-machines.md says: they share only a network. */
export class Fleet {
  readonly hosts = new VirtualHosts(HOSTS);
  readonly redis: Redis;
  readonly #directory = mkdtempSync(join(tmpdir(), 'stride-hosts-'));
  readonly #processes: TestProcess[] = [];
  #key = '';

  private constructor() {
    this.redis = new Redis(this.#redisUrl, { lazyConnect: true });
  }

  static async start(): Promise<Fleet> {
    const fleet = new Fleet();
    try {
      await Promise.all([fleet.#startRedis(), fleet.#startS3()]);
      await fleet.redis.connect();
      await fleet.#makeKey();
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** The API on a host, and a client with a key for it. */
  async startApi(host: string): Promise<{ readonly process: TestProcess; readonly client: StrideClient }> {
    const address = this.hosts.address(host);
    const process = this.#run(host, 'dist/apps/api/src/main.js', { STRIDE_HOST: address });
    const { url } = await process.untilLine((line) => eventLine(line, 'ready'));
    return { process, client: createStrideClient(String(url), { apiKey: this.#key }) };
  }

  /** A worker on a host, with a disk of its own. */
  async startWorker(host: string, queues: 'sampling' | 'training'): Promise<TestProcess> {
    const disk = join(this.#directory, `${host}-${queues}`);
    mkdirSync(disk);
    const worker = this.#run(host, 'dist/apps/worker/src/main.js', {
      STRIDE_QUEUES: queues,
      STRIDE_THREADS: '1',
      STRIDE_METRICS_PORT: '0',
      STRIDE_ARTIFACTS_CACHE: disk,
    });
    await worker.untilLine((line) => eventLine(line, 'ready'));
    return worker;
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await Promise.all(this.#processes.map((process) => process.kill()));
    this.hosts.remove();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #redisUrl(): string {
    return `redis://:${PASSWORD}@${this.hosts.address('redis')}:6379`;
  }

  get #environment(): Record<string, string> {
    return {
      REDIS_URL: this.#redisUrl,
      STRIDE_ARTIFACTS: `s3://${BUCKET}/fleet`,
      AWS_ENDPOINT_URL_S3: `http://${this.hosts.address('s3')}:9000`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    };
  }

  #run(host: string, script: string, env: Record<string, string>): TestProcess {
    const options = { name: host, args: ['--enable-source-maps', join(root, script)] };
    return this.#start(host, { ...options, env: { ...this.#environment, ...env } });
  }

  #start(host: string, options: Parameters<VirtualHosts['start']>[1]): TestProcess {
    const process = this.hosts.start(host, options);
    this.#processes.push(process);
    return process;
  }

  async #startRedis(): Promise<void> {
    const found = findRedisServer();
    if ('problem' in found) throw new Error(found.problem);
    const data = join(this.#directory, 'redis');
    mkdirSync(data);
    const settings = {
      bind: this.hosts.address('redis'),
      requirepass: PASSWORD,
      dir: data,
      save: '',
      appendonly: 'yes',
      maxmemory: '256mb',
      'maxmemory-policy': 'noeviction',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const server = this.#start('redis', { name: 'redis', command: found.binary, args });
    await server.untilLine((line) => (line.includes('Ready to accept connections') ? true : undefined));
  }

  async #startS3(): Promise<void> {
    const module = join(root, 'dist/libs/storage/testing/s3-server.js');
    const code = `import(${JSON.stringify(module)}).then(async ({ TestS3 }) => {
      await TestS3.start(${JSON.stringify(this.hosts.address('s3'))}, 9000);
      console.log('{"event":"ready"}');
    })`;
    const server = this.#start('s3', { name: 's3', args: ['--input-type=module', '-e', code] });
    await server.untilLine((line) => eventLine(line, 'ready'));
  }

  /** On the host of the API, before it runs: it does not start on an address of the network without one. */
  async #makeKey(): Promise<void> {
    const args = [join(root, 'dist/apps/cli/src/main.js'), 'keys', 'create', 'operator'];
    const command = this.#start('api-1', { name: 'keys', args, env: { REDIS_URL: this.#redisUrl } });
    this.#key = await command.untilLine((line) => /^stride_\S+$/.exec(line)?.[0]);
  }
}
