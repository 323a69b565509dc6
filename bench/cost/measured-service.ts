import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { ChildProgram, findRedisServer, RedisServer } from '#system';

const STARTUP_MS = 60_000;
/** Of a tick of /proc/PID/stat. */
const TICK_MICROSECONDS = 10_000;
const Ready = z.object({ event: z.literal('ready'), url: z.string().optional(), metrics: z.string().optional() });
type Ready = z.output<typeof Ready>;

/** What has been used up so far. CPU in microseconds, commands by name, with those of scripts. */
export interface Usage {
  readonly cpu: Readonly<Record<'api' | 'worker' | 'redis', number>>;
  readonly commands: ReadonlyMap<string, number>;
}

interface Place {
  /** Of a checkout that was built, such as one of the release before. */
  readonly root: string;
  /** For what this service stores. */
  readonly directory: string;
  readonly artifacts: string;
}

/** Redis, one API and one worker of some checkout, whose CPU and commands are counted. */
export class MeasuredService {
  private constructor(
    private readonly redis: RedisServer,
    private readonly api: ChildProgram,
    private readonly worker: ChildProgram,
    readonly url: string,
    readonly workerMetrics: string,
    private readonly client: Redis,
  ) {}

  static async start(place: Place): Promise<MeasuredService> {
    const found = findRedisServer();
    if ('problem' in found) throw new Error(found.problem);
    mkdirSync(place.directory, { recursive: true });
    const options = { binary: found.binary, directory: place.directory, appendOnly: true, maxmemory: '1gb' };
    const redis = await RedisServer.start(options);
    const api = startApp('api', place, { REDIS_URL: redis.url, STRIDE_PORT: '0' });
    const worker = startApp('worker', place, { REDIS_URL: redis.url, STRIDE_METRICS_PORT: '0', STRIDE_THREADS: '1' });
    const starts = [api, worker].map((app) => app.waitForLine(readyLine, STARTUP_MS));
    const [{ url = '' }, { metrics = '' }] = await Promise.all([starts[0], starts[1]]);
    return new MeasuredService(redis, api, worker, url, metrics, new Redis(redis.url));
  }

  async usage(): Promise<Usage> {
    const stats = await this.client.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm)];
    return {
      cpu: {
        api: cpuOf(this.api.pid),
        worker: cpuOf(this.worker.pid),
        redis: cpuOf(this.redis.program.pid),
      },
      commands: new Map(calls.map(([, name = '', count]) => [name, Number(count)])),
    };
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    await Promise.all([this.api.stop(STARTUP_MS), this.worker.stop(STARTUP_MS)]);
    await this.redis.stop();
  }
}

function startApp(app: 'api' | 'worker', { root, artifacts }: Place, variables: NodeJS.ProcessEnv): ChildProgram {
  return new ChildProgram({
    name: app,
    command: process.execPath,
    args: ['--max-semi-space-size=64', join(root, `dist/apps/${app}/src/main.js`)],
    env: { ...process.env, STRIDE_PROVIDER: 'cpu', STRIDE_ARTIFACTS: artifacts, ...variables },
  });
}

function readyLine(line: string): Ready | undefined {
  return line.startsWith('{') ? Ready.safeParse(JSON.parse(line)).data : undefined;
}

/** User and system time; the name before them may hold anything but a last parenthesis. */
function cpuOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}
