import { Redis, type Command } from 'ioredis';

/**
 * A connection whose commands of one turn of the event loop travel in one write, since each write is a system call. Unlike ioredis' automatic
 * pipelines it copies no scripts, keeps the order of all commands, and holds none back until those before it are answered.
 */
export class JoinedRedis extends Redis {
  private joining = false;

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    if (!this.joining && this.status === 'ready') this.join();
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
}
