import { Redis, type Command, type RedisOptions } from 'ioredis';
import { endable } from './endable.js';
import type { RedisTls } from './redis-address.js';
import { ClosedUnheardError, redisTrouble, type ConnectionPhase } from './redis-trouble.js';

/** When a connection and its commands count as lost. */
export interface AnswerLimits {
  /** A command fails when it has no answer after so long. */
  readonly commandMs: number;
  /** The connection is dropped when it says nothing for so long although it was asked. */
  readonly silenceMs: number;
}

/** ioredis'; answers come in the shapes of RESP2. */
export type JoinedRedisOptions = Omit<RedisOptions, 'replyMapping' | 'tls'> & { readonly tls?: RedisTls | undefined };

const TICK_MS = 250;

/**
 * A connection whose commands of one turn of the event loop travel in one write, since each write is a system
 * call. Unlike ioredis' automatic pipelines it copies no scripts, keeps the order of all commands, and holds
 * none back until those before it are answered.
 *
 * Its limits count only while the event loop is on time, which ioredis' own do not: when this process is
 * late, answers lie unread in the socket. So silence is counted in ticks, with a look at the socket between
 * any two of them, and a late command gets one more look.
 */
export class JoinedRedis extends Redis {
  private joining = false;
  private silentTicks = 0;
  private ticks: NodeJS.Timeout | undefined;
  private readonly limited = new WeakSet<Command>();
  private failure: { readonly error: Error; readonly phase: ConnectionPhase } | undefined;
  private phase: ConnectionPhase = 'connecting';
  private readonly tls: RedisTls | undefined;
  /** Whether the other end, or the network, has said anything about this connection. */
  private isHeard = true;

  constructor(
    options: JoinedRedisOptions,
    private readonly limits?: AnswerLimits,
  ) {
    super(options);
    endable(this);
    this.duplicate = (override) => endable(super.duplicate(override));
    this.tls = options.tls;
    this.on('connect', () => this.connected());
    this.on('ready', () => this.succeeded());
    this.on('error', (error) => this.failed(error));
    this.on('close', () => this.closed());
    if (limits !== undefined) {
      this.on('connect', () => this.listen(limits.silenceMs));
      this.on('close', () => clearInterval(this.ticks));
    }
  }

  /** Why there is no connection, as far as it is known; undefined while there is one. */
  get trouble(): string | undefined {
    return this.failure === undefined
      ? undefined
      : redisTrouble(this.failure.error, { ...this.failure, tls: this.tls });
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (!this.joining && this.status === 'ready') this.join();
    if (this.limits !== undefined && !this.limited.has(command)) this.limit(command, this.limits.commandMs);
    return super.sendCommand(command, stream);
  }

  private connected(): void {
    this.isHeard = false;
    this.phase = 'greeting';
  }

  private succeeded(): void {
    this.isHeard = true;
    this.phase = 'ready';
    this.failure = undefined;
  }

  private failed(error: Error): void {
    this.isHeard = true;
    this.failure = { error, phase: this.phase };
    // ioredis would go on with the first database instead
    if (isWrongDatabase(error)) this.disconnect(true);
  }

  /** Whoever expects TLS, or has enough clients, closes without a word: ioredis reports nothing. */
  private closed(): void {
    if (!this.isHeard && this.status !== 'end') this.emit('error', new ClosedUnheardError());
    this.phase = 'connecting';
  }

  private join(): void {
    const { stream } = this;
    this.joining = true;
    stream.cork();
    setImmediate(() => {
      this.joining = false;
      stream.uncork();
    });
  }

  private listen(silenceMs: number): void {
    const { stream } = this;
    this.silentTicks = 0;
    stream.on('data', () => (this.silentTicks = 0));
    clearInterval(this.ticks);
    this.ticks = setInterval(() => {
      this.silentTicks = this.commandQueue.length === 0 ? 0 : this.silentTicks + 1;
      if (this.silentTicks * TICK_MS > silenceMs) stream.destroy(new Error(`no answer for ${silenceMs} ms`));
    }, TICK_MS);
  }

  private limit(command: Command, ms: number): void {
    this.limited.add(command);
    const timer = setTimeout(() => setImmediate(() => command.reject(new Error('Command timed out'))), ms);
    const end = () => clearTimeout(timer);
    command.promise.then(end, end);
  }
}

/** The answer to SELECT of a database that is not there. */
export function isWrongDatabase(error: Error): boolean {
  return /DB index is out of range|SELECT is not allowed/.test(error.message);
}
