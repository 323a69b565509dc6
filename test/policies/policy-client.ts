import { once } from 'node:events';
import { Packr } from 'msgpackr';
import { WebSocket, type ClientOptions } from 'ws';

const packr = new Packr({ mapsAsObjects: false, useRecords: false });

/** An array as openpi's msgpack_numpy packs it. */
export function ndarray(
  values: readonly number[],
  shape: readonly number[] = [values.length],
  dtype = '<f4',
): Map<unknown, unknown> {
  const data =
    dtype === '<f8' ? Buffer.from(Float64Array.from(values).buffer) : Buffer.from(Float32Array.from(values).buffer);
  return new Map<unknown, unknown>([
    [Buffer.from('__ndarray__'), true],
    [Buffer.from('data'), data],
    [Buffer.from('dtype'), dtype],
    [Buffer.from('shape'), shape],
  ]);
}

/** A field of an array's map, whose keys are bytes or text. */
export function fieldOf(map: unknown, name: string): unknown {
  if (!(map instanceof Map)) return undefined;
  for (const [key, value] of map) if (String(key) === name) return value;
  return undefined;
}

/** What a server has sent: a map of a binary frame, or the text of another. */
export type Received = Map<string, unknown> | string;

/** A client of the policy socket that shows what it gets, in order. */
export class PolicyClient {
  readonly received: Received[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      this.received.push(isBinary ? packr.unpack(data) : data.toString());
      socket.emit('received');
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => undefined);
  }

  /** @throws Error with the status and body of an answer that is no upgrade */
  static async connect(url: string, options: ClientOptions = {}): Promise<PolicyClient> {
    const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false, ...options });
    const client = new PolicyClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (text: Buffer) => (body += text.toString()));
        response.on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
      });
      socket.on('error', reject);
    });
    return client;
  }

  send(message: unknown): void {
    this.socket.send(packr.pack(message));
  }

  /** The next frame that has not been taken yet. */
  async next(): Promise<Received> {
    while (this.received.length === 0) await once(this.socket, 'received');
    return this.received.shift() ?? '';
  }

  async ask(message: unknown): Promise<Received> {
    this.send(message);
    return this.next();
  }

  close(): void {
    this.socket.terminate();
  }
}

/** The bytes of the array that a map has under a key; none where there is no such array. */
export function bytesOf(map: unknown, key = 'actions'): Buffer {
  const data = fieldOf(fieldOf(map, key), 'data');
  return data instanceof Uint8Array ? Buffer.from(data) : Buffer.alloc(0);
}
