import { StrideError } from '../stride-error.js';

/** What browsers, Node 22 and the package `ws` have in common. */
interface Socket {
  binaryType: string;
  send(data: Uint8Array): void;
  close(): void;
  addEventListener(type: 'message', listen: (event: { data: unknown }) => void): void;
  addEventListener(type: 'open' | 'error', listen: () => void): void;
  addEventListener(type: 'close', listen: (event: { code: number; reason: string }) => void): void;
}

type SocketClass = new (url: string, ...options: unknown[]) => Socket;

interface Waiter {
  readonly resolve: (frame: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** One WebSocket of the policy socket: frames in the order in which they are asked for. */
export class PolicyConnection {
  private readonly frames: Uint8Array[] = [];
  private readonly waiters: Waiter[] = [];
  private failure: StrideError | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly timeoutMs: number,
  ) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.fail(refusal(data));
      else if (data instanceof ArrayBuffer) this.arrived(new Uint8Array(data));
    });
    socket.addEventListener('error', () => this.fail(lost('the connection failed')));
    socket.addEventListener('close', ({ code, reason }) => this.fail(lost(`closed with ${code} ${reason}`.trim())));
  }

  /** @param timeoutMs after which nobody waits for an answer. @throws StrideError `connection_lost` */
  static async open(
    url: string,
    headers: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<PolicyConnection> {
    const { construct, isPackage } = await socketClass();
    const own = Object.keys(headers).length === 0 ? [] : [{ headers }]; // a browser's takes none
    const connection = new PolicyConnection(new construct(url, ...(isPackage ? [[], ...own] : own)), timeoutMs);
    await connection.inTime(
      new Promise<void>((resolve, reject) => {
        connection.socket.addEventListener('open', resolve);
        connection.socket.addEventListener('close', () => reject(connection.failure ?? lost('not connected')));
      }),
    );
    return connection;
  }

  /** Whether nothing more will come. */
  get isOver(): boolean {
    return this.failure !== undefined;
  }

  send(frame: Uint8Array): void {
    if (this.failure) throw this.failure;
    this.socket.send(frame);
  }

  /** The next frame. @throws StrideError with the code of a refusal, or `connection_lost` */
  next(): Promise<Uint8Array> {
    const frame = this.frames.shift();
    if (frame) return Promise.resolve(frame);
    if (this.failure) return Promise.reject(this.failure);
    return this.inTime(new Promise((resolve, reject) => this.waiters.push({ resolve, reject })));
  }

  close(): void {
    this.socket.close();
  }

  /** A connection without an answer is over: the late answer would be taken for the next one. */
  private inTime<T>(answer: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.fail(lost(`no answer within ${this.timeoutMs} ms`));
      this.socket.close();
    }, this.timeoutMs);
    return answer.finally(() => clearTimeout(timer));
  }

  private arrived(frame: Uint8Array): void {
    const waiter = this.waiters.shift();
    if (waiter) waiter.resolve(frame);
    else this.frames.push(frame);
  }

  private fail(error: StrideError): void {
    this.failure ??= error;
    for (const { reject } of this.waiters.splice(0)) reject(this.failure);
  }
}

/** The platform's own class, or that of the package `ws` where there is none, as in Node 20. */
async function socketClass(): Promise<{ construct: SocketClass; isPackage: boolean }> {
  const own = (globalThis as { WebSocket?: unknown }).WebSocket;
  if (typeof own === 'function') return { construct: own as SocketClass, isPackage: false };
  try {
    const { WebSocket } = await import('ws');
    return { construct: WebSocket as unknown as SocketClass, isPackage: true };
  } catch (cause) {
    throw new StrideError('no_websocket', 'this Node has no WebSocket: install the package ws', undefined, { cause });
  }
}

/** openpi's form of an error: a text, `code: detail`. */
function refusal(message: string): StrideError {
  const [code, ...detail] = message.split(': ');
  return new StrideError(code ?? 'unexpected_answer', detail.join(': '));
}

function lost(why: string): StrideError {
  return new StrideError('connection_lost', why);
}
