import type { IncomingMessage } from 'node:http';
import { arrayValue, decodeMessage, encodeMessage } from '#storage';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { BODIES_PER_SIZE } from './job-bodies.js';
import type { LoadSize } from './job-mix.js';
import { seededObservations } from './seeded.js';
import type { ErrorCode, LoadTarget, Sender } from './sender.js';

const NOT_FINISHED = z.object({ code: z.string() });

/**
 * Sends jobs over the policy socket as robots do: each waits for its plan in a session of its own, which the
 * next job of its size goes on with. A job of several rows is one observation with so many samples.
 */
export class SocketSender implements Sender {
  private readonly frames: readonly Buffer[];
  private readonly idle: RobotSocket[][];
  private readonly open = new Set<RobotSocket>();

  constructor(
    private readonly sizes: readonly LoadSize[],
    private readonly target: LoadTarget,
  ) {
    this.frames = Array.from({ length: BODIES_PER_SIZE }, (_, i) => frame(target, i));
    this.idle = sizes.map(() => []);
  }

  async run(place: number, index: number): Promise<ErrorCode> {
    const socket = this.idle[place]?.pop() ?? this.connect(place);
    const error = await socket.ask(this.frames[index % BODIES_PER_SIZE] ?? Buffer.alloc(0));
    if (socket.isOpen) this.idle[place]?.push(socket);
    else this.open.delete(socket);
    return error;
  }

  close(): void {
    for (const socket of this.open) socket.close();
  }

  private connect(place: number): RobotSocket {
    const size = this.sizes[place];
    if (size === undefined) throw new RangeError(`there is no size ${place}`);
    const { baseUrl, model, headers } = this.target;
    const address = `${baseUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}/v1/policies/${encodeURIComponent(model)}`;
    const query = new URLSearchParams({ steps: `${size.steps}`, samples: `${size.rows}` });
    const socket = new RobotSocket(
      new WebSocket(`${address}?priority=normal&${query.toString()}`, { perMessageDeflate: false, headers }),
    );
    this.open.add(socket);
    return socket;
  }
}

/** One session; what it gets before its first question is the service's greeting. */
class RobotSocket {
  private readonly greeted: Promise<ErrorCode>;
  private answer: ((error: ErrorCode) => void) | undefined;
  private end: ErrorCode;

  constructor(private readonly socket: WebSocket) {
    this.greeted = this.next();
    socket.on('message', (bytes: Buffer, isBinary) => {
      if (isBinary) this.answered(errorIn(bytes));
      else this.lost(codeOf(bytes)); // a refusal ends the session
    });
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      this.lost(`http_${response.statusCode}`);
      socket.terminate();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.lost(error.code ?? error.name));
    socket.on('close', () => this.lost('connection_lost'));
  }

  get isOpen(): boolean {
    return this.end === undefined;
  }

  async ask(observation: Buffer): Promise<ErrorCode> {
    await this.greeted;
    if (this.end !== undefined) return this.end;
    const answer = this.next();
    this.socket.send(observation);
    return answer;
  }

  close(): void {
    this.socket.terminate();
  }

  private next(): Promise<ErrorCode> {
    return new Promise((resolve) => (this.answer = resolve));
  }

  private answered(error: ErrorCode): void {
    const { answer } = this;
    this.answer = undefined;
    answer?.(error);
  }

  private lost(code: string): void {
    this.end ??= code;
    this.answered(this.end);
  }
}

/** The code in a map that says that there is no plan. */
function errorIn(bytes: Buffer): ErrorCode {
  if (!bytes.includes('error')) return undefined; // unpacking a plan would cost more than sending it
  const error = decodeMessage(bytes).get('error');
  return error instanceof Map ? NOT_FINISHED.parse(Object.fromEntries(error)).code : undefined;
}

/** A refusal is a text, `code: detail`. */
function codeOf(text: Buffer): string {
  return text.toString('utf8').split(':', 1)[0] ?? '';
}

function frame({ obsSize, seed }: LoadTarget, index: number): Buffer {
  if (obsSize === 0) return encodeMessage({});
  const data = seededObservations(seed, index, obsSize);
  return encodeMessage({ observation: arrayValue({ dtype: 'float32', shape: [obsSize], data }) });
}
