import type { ServerResponse } from 'node:http';

const MAX_BUFFERED_BYTES = 1_024 * 1_024;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;

/** One event as it is sent. */
export interface StreamEvent {
  readonly id?: string;
  readonly type: string;
  /** JSON text in one line. */
  readonly data: string;
}

/**
 * One client's server-sent events. A client that does not read keeps at most 1 MiB in this process: from then
 * on it gets only the final event.
 */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;

  constructor(private readonly response: ServerResponse) {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // nginx would otherwise collect events before it passes them on.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.heartbeat = setInterval(() => this.write(': still here\n\n'), HEARTBEAT_MS);
    response.once('close', () => clearInterval(this.heartbeat));
  }

  send({ id, type, data }: StreamEvent): void {
    const position = id === undefined ? '' : `id: ${id}\n`;
    this.write(`${position}event: ${type}\ndata: ${data}\n\n`);
  }

  /** Ends the response after a last event; the client has no reason to come back. */
  finish(event: StreamEvent): void {
    if (this.response.destroyed || this.response.writableEnded) return;
    const position = event.id === undefined ? '' : `id: ${event.id}\n`;
    this.response.end(`${position}event: ${event.type}\ndata: ${event.data}\n\n`);
  }

  /** Ends the response before the job has ended, and asks the client to come back. */
  interrupt(): void {
    if (!this.response.destroyed && !this.response.writableEnded) this.response.end(`retry: ${RETRY_MS}\n\n`);
  }

  private write(text: string): void {
    const { destroyed, writableEnded, writableLength } = this.response;
    if (!destroyed && !writableEnded && writableLength < MAX_BUFFERED_BYTES) this.response.write(text);
  }
}
