import { Redis, type Command } from 'ioredis';
import type { producerConnection, workerConnection } from '#queue';

/** When a connection and its commands count as lost. */
export interface AnswerLimits {
  /** A command fails when it has no answer after so long. */
  readonly commandMs: number;
  /** The connection is dropped when it says nothing for so long although it was asked. */
  readonly silenceMs: number;
}

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

  constructor(
    url: string,
    options: typeof producerConnection | typeof workerConnection,
    private readonly limits?: AnswerLimits,
  ) {
    super(url, options);
    if (limits !== undefined) {
      this.on('connect', () => this.listen(limits.silenceMs));
      this.on('close', () => clearInterval(this.ticks));
    }
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (!this.joining && this.status === 'ready') this.join();
    if (this.limits !== undefined && !this.limited.has(command)) this.limit(command, this.limits.commandMs);
    return super.sendCommand(command, stream);
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
