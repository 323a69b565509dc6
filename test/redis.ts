import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, RedisServer } from '#system';

export interface TestRedisOptions {
  /** A port to bind; a free one when absent. */
  readonly port?: number;
  /** Keeps the data over `restart()` (append-only file). Default: nothing is kept. */
  readonly appendOnly?: boolean;
  /** Default `256mb`. */
  readonly maxmemory?: string;
  /** Only the user `stride` with this password may connect. Default: anybody on this machine. */
  readonly password?: string;
}

/**
 * A real Redis server of a test, on a free loopback port, with `noeviction`. It dies with the test process.
 */
export interface TestRedis {
  /** For example `redis://127.0.0.1:45123`; stays the same over `restart()`. */
  readonly url: string;
  readonly port: number;
  /** Process id of the server that runs now. */
  readonly pid: number | undefined;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
  /** `kill -9`: the server is gone, its directory stays. */
  kill(): Promise<void>;
  /** Ends the server in order; its directory stays. */
  shutdown(): Promise<void>;
  /** Starts a server again on the same port and directory. */
  restart(): Promise<void>;
}

const found = findRedisServer();

/** False when this machine has no Redis and none can be installed: `describe.skipIf(!redisAvailable)`. */
export const redisAvailable = 'binary' in found;

if ('problem' in found) process.stderr.write(`Tests that need Redis are skipped: ${found.problem}\n`);

/**
 * Starts a Redis server for a test file (installs it first where that is possible without asking).
 * @throws Error when there is no Redis; see `redisAvailable`
 */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  if ('problem' in found) throw new Error(found.problem);
  const directory = mkdtempSync(join(tmpdir(), 'stride-redis-'));
  const start = (port?: number): Promise<RedisServer> =>
    RedisServer.start({
      binary: found.binary,
      directory,
      appendOnly: options.appendOnly ?? false,
      maxmemory: options.maxmemory ?? '256mb',
      port,
      password: options.password,
      orphanSignal: 'KILL',
    });
  let server = await start(options.port);
  const kill = async (): Promise<void> => {
    server.program.kill('SIGKILL');
    await server.program.exited;
  };
  return {
    url: server.url,
    port: server.port,
    get pid() {
      return server.program.pid;
    },
    kill,
    shutdown: () => server.stop(),
    async restart() {
      await server.stop();
      server = await start(server.port);
    },
    async stop() {
      await (options.appendOnly === true ? server.stop() : kill());
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
