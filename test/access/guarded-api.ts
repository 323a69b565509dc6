import { Redis } from 'ioredis';
import { ApiKeys, workerConnection } from '#queue';
import { SCOPES, type ApiKeyLimits, type Scope } from '#contract';
import { playedResult, playWorker, TestApi } from '../api/test-api.js';

/** What a test's key is to be; by default it may do everything, without limits, and is its own owner. */
interface TestKey {
  readonly scopes?: readonly Scope[];
  readonly owner?: string;
  readonly limits?: ApiKeyLimits;
}

/** An API that asks for keys, and the keys beside it. */
export class GuardedApi {
  private worker: Awaited<ReturnType<typeof playWorker>> | undefined;

  private constructor(
    readonly api: TestApi,
    readonly redis: Redis,
    readonly keys: ApiKeys,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<GuardedApi> {
    const api = await TestApi.start(undefined, { STRIDE_REQUIRE_AUTH: 'true', ...env });
    const redis = new Redis(api.redis.url, workerConnection);
    return new GuardedApi(api, redis, new ApiKeys(redis));
  }

  /** One whose sampling jobs end at once. */
  static async startWithWorker(): Promise<GuardedApi> {
    const guarded = await GuardedApi.start();
    const { url } = guarded.api.redis;
    guarded.worker = await playWorker(url, (job) => Promise.resolve(playedResult(job.data)));
    return guarded;
  }

  /** The text of a new key. */
  async issue({ scopes = ['admin'], owner, limits }: TestKey = {}): Promise<string> {
    const made = { name: 'test', scopes: [...scopes], ...(owner !== undefined && { owner }) };
    const issued = await this.keys.create(made, { by: 'test' });
    if (issued === undefined) throw new Error('no key was made');
    if (limits !== undefined) await this.keys.limit(issued.id, limits, { by: 'test' });
    return issued.key;
  }

  /** Headers of requests with a new key. */
  async headers(key: TestKey = {}): Promise<Record<string, string>> {
    return { authorization: `Bearer ${await this.issue(key)}` };
  }

  /** An owner with a new key, by default one with every scope but `admin`. */
  async tenant(owner: string, key: Omit<TestKey, 'owner'> = {}): Promise<Tenant> {
    const scopes = SCOPES.filter((scope) => scope !== 'admin');
    return new Tenant(this.api, await this.headers({ scopes, owner, ...key }));
  }

  async stop(): Promise<void> {
    await this.worker?.close();
    this.redis.disconnect();
    await this.api.stop();
  }
}

type Body = Uint8Array | object;

/** One owner's view of the API. */
export class Tenant {
  constructor(
    private readonly api: TestApi,
    private readonly key: Readonly<Record<string, string>>,
  ) {}

  ask(method: string, path: string, body?: Body, headers: Record<string, string> = {}): Promise<Response> {
    const isBytes = body instanceof Uint8Array;
    const type = new Map(body && [['content-type', isBytes ? 'application/octet-stream' : 'application/json']]);
    const sent = isBytes ? new Uint8Array(body) : body && JSON.stringify(body);
    return this.api.fetch(path, {
      method,
      body: sent,
      headers: { ...this.key, ...Object.fromEntries(type), ...headers },
    });
  }

  async code(...args: Parameters<Tenant['ask']>): Promise<string> {
    return codeOf(await this.ask(...args));
  }

  async id(...args: Parameters<Tenant['ask']>): Promise<string> {
    const { id }: { id: string } = JSON.parse(await (await this.ask(...args)).text());
    return id;
  }
}

/** The public part of a key, `stride_ID_SECRET`. */
export function keyId(key: string): string {
  return key.split('_')[1] ?? '';
}

/** Status and code of an answer, such as `404 not_found` or `201`. */
export async function codeOf(response: Response): Promise<string> {
  const { code = '' }: { code?: string } = JSON.parse((await response.text()) || '{}');
  return `${response.status} ${code}`.trim();
}
