import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Sends bytes that no HTTP client would, and reads one answer until the server closes or has said it all.
 * Undefined when the server closes without a word.
 */
export function sendRaw(url: string, ...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (isComplete(text)) socket.destroy();
    });
    // A server that has refused a body may reset the connection while the rest of it is under way.
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(parseAnswer(text))));
    socket.on('close', () => resolve(text === '' ? undefined : parseAnswer(text)));
  });
}

/** Sends part of a body and hangs up once the server has taken it; `answered` if it said something before. */
export function sendHalf(url: string, head: string, half: Uint8Array): Promise<'cut' | 'answered'> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let outcome: 'cut' | 'answered' = 'cut';
    socket.on('data', () => (outcome = 'answered'));
    socket.on('error', reject);
    socket.on('close', () => resolve(outcome));
    socket.write(head);
    socket.write(half, () => socket.destroy());
  });
}

function isComplete(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  const length = /content-length: *(\d+)/i.exec(text.slice(0, head))?.[1];
  return head >= 0 && length !== undefined && Buffer.byteLength(text.slice(head + 4)) >= Number(length);
}

function parseAnswer(text: string): RawAnswer {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return { status: Number(text.split(' ', 2)[1]), body: body.startsWith('{') ? JSON.parse(body) : body };
}
