import { canInstallPackages, findProgram, installPackages } from './debian-packages.js';
import { ChildProgram } from './child-program.js';
import { freePort } from './ports.js';

interface RedisServerOptions {
  readonly binary: string;
  /** Working directory: the append-only file lies here. */
  readonly directory: string;
  /** Keeps every write in an append-only file, synchronised each second. */
  readonly appendOnly: boolean;
  /** Redis's own notation, such as `1gb`. */
  readonly maxmemory: string;
  /** A free port when absent. */
  readonly port?: number;
  /** With it, only the user `stride` may connect, and only to the keys of this project. */
  readonly password?: string;
  readonly orphanSignal?: 'TERM' | 'KILL';
  readonly onLine?: (line: string) => void;
}

const READY_MS = 30_000;
const STOP_MS = 10_000;
const PORT_TRIES = 5;

/** Finds a Redis (or Valkey) server on the PATH; as root on Debian it installs one. */
export function findRedisServer(): { binary: string } | { problem: string } {
  const found = findProgram('redis-server', 'valkey-server');
  if (found !== undefined) return { binary: found };
  const advice = 'set REDIS_URL, or run: apt-get install redis-server';
  if (!canInstallPackages()) return { problem: `no Redis server found; ${advice}` };
  const failure = installPackages(['redis-server']);
  const installed = findProgram('redis-server', 'valkey-server');
  return installed === undefined
    ? { problem: `redis-server could not be installed (${failure}); ${advice}` }
    : { binary: installed };
}

/** A Redis server of our own on the loopback interface, configured as BullMQ needs it. */
export class RedisServer {
  readonly program: ChildProgram;
  readonly port: number;
  readonly url: string;

  private constructor(program: ChildProgram, port: number, password: string | undefined) {
    this.program = program;
    this.port = port;
    const credentials = password === undefined ? '' : `stride:${password}@`;
    this.url = `redis://${credentials}127.0.0.1:${port}`;
  }

  /** @throws Error with the server's last lines when it does not come up */
  static async start(options: RedisServerOptions): Promise<RedisServer> {
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort());
      const program = new ChildProgram({
        name: 'redis',
        command: options.binary,
        args: ['-'], // the configuration comes through standard input: a password never shows up in `ps`
        input: configuration(options, port),
        orphanSignal: options.orphanSignal,
        onLine: options.onLine,
      });
      try {
        await program.waitForLine(
          (line) => (line.includes('Ready to accept connections') ? true : undefined),
          READY_MS,
        );
        return new RedisServer(program, port, options.password);
      } catch (error) {
        await program.stop(STOP_MS);
        if (!program.lostItsPort || options.port !== undefined || attempt === PORT_TRIES) throw error;
      }
    }
  }

  /** Ends the server; the append-only file is synchronised first. */
  async stop(): Promise<void> {
    await this.program.stop(STOP_MS);
  }
}

function configuration(options: RedisServerOptions, port: number): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    'daemonize no',
    `dir ${JSON.stringify(options.directory)}`,
    'save ""',
    `appendonly ${options.appendOnly ? 'yes' : 'no'}`,
    'appendfsync everysec',
    `maxmemory ${options.maxmemory}`,
    'maxmemory-policy noeviction', // an evicted key is a lost job
    'tcp-keepalive 60',
    ...(options.password === undefined ? [] : access(options.password)),
    '',
  ].join('\n');
}

/**
 * The least that BullMQ and our own scripts need. The user `default` cannot log in, but must keep its rights:
 * Redis replays the transactions of its append-only file as that user, and drops the ones it may not execute
 * (seen with 7.0.15).
 */
function access(password: string): string[] {
  const rights = '~{stride}:* ~{stride:* &{stride}:* &{stride:* +@all -@admin -@dangerous +info';
  return ['user default off ~* &* +@all', `user stride on >${password} ${rights}`];
}
