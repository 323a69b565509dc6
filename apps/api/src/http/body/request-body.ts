import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '../problem.js';

const SECOND_MS = 1_000;
const KIB = 1_024;
export const MAX_JSON_BYTES = KIB * KIB;
const MAX_BODY_SECONDS = 30;
/** Of all such bodies that still arrive: so many slow clients at once are no clients. */
const MAX_ARRIVING_BYTES = 256 * KIB * KIB;
const MIN_UPLOAD_BYTES_PER_SECOND = 64 * KIB;
// An upload's first seconds do not count: the connection may still be speeding up.
const UPLOAD_GRACE_SECONDS = 10;

/**
 * Refuses a body of another kind than `mediaType`, or a compressed one.
 * @throws HttpProblem `unsupported_media_type`, `unsupported_encoding`
 */
export function checkMediaType(request: IncomingMessage, mediaType: string): void {
  const declared = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (declared !== mediaType) {
    throw new HttpProblem('unsupported_media_type', `Content-Type must be ${mediaType}, got ${declared ?? 'none'}`);
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpProblem(
      'unsupported_encoding',
      `send the body without Content-Encoding, got ${encoding.slice(0, 50)}`,
    );
  }
}

let arrivingBytes = 0;

/**
 * The whole body of a request, at most `maxBytes` (as JSON has 1 MiB) within 30 s.
 * @throws HttpProblem `payload_too_large`, `request_timeout`, `bad_request` when the client goes away,
 * `overloaded` when too much arrives
 */
export async function readBody(request: IncomingMessage, maxBytes: number = MAX_JSON_BYTES): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // What has come with its headers needs neither a clock nor listeners.
  const body = request.complete && !request.destroyed ? whole(request) : await arriving(request, maxBytes);
  if (body.length > maxBytes) throw tooLarge(maxBytes);
  return body;
}

function whole(request: IncomingMessage): Buffer {
  const body: unknown = request.read();
  return body instanceof Buffer ? body : Buffer.alloc(0);
}

function arriving(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (act: () => void) => {
      clearTimeout(timer);
      arrivingBytes -= bytes;
      request.off('data', onData).off('end', onEnd).off('error', onAbort).off('close', onAbort);
      act();
    };
    const refuse = (problem: HttpProblem) => finish(() => (request.pause(), reject(problem)));
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      arrivingBytes += chunk.length;
      if (bytes > maxBytes) refuse(tooLarge(maxBytes));
      else if (arrivingBytes > MAX_ARRIVING_BYTES)
        refuse(new HttpProblem('overloaded', 'too many bodies arrive at once; try again'));
      else chunks.push(chunk);
    };
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks, bytes)));
    const onAbort = () => refuse(new HttpProblem('bad_request', 'the body ended early'));
    const timer = setTimeout(() => refuse(tooSlow(`${MAX_BODY_SECONDS} s`)), MAX_BODY_SECONDS * SECOND_MS);
    request.on('data', onData).on('end', onEnd).on('error', onAbort).on('close', onAbort);
  });
}

/**
 * The chunks of an upload as they arrive, counted independently of Content-Length.
 * @throws HttpProblem `payload_too_large`, `request_timeout` below 64 KiB/s on average, `bad_request` when
 * cut off
 */
export async function* uploadChunks(request: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const pace = new UploadPace();
  // Destroying the request would destroy the socket, and the refusal could not be sent.
  const chunks = request.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next: IteratorResult<unknown> = await pace.watch(chunks.next());
      if (next.done === true) return;
      if (!(next.value instanceof Uint8Array)) throw new TypeError('an upload arrives in bytes');
      pace.bytes += next.value.length;
      if (pace.bytes > maxBytes) throw tooLarge(maxBytes);
      yield next.value;
    }
  } catch (error) {
    throw error instanceof HttpProblem
      ? error
      : new HttpProblem('bad_request', 'the upload was cut off', { cause: error });
  } finally {
    chunks.return?.()?.catch(() => undefined); // not awaited: it would wait for a chunk that may never come
    pace.stop();
  }
}

/**
 * Watches the average rate of one upload; a stalled client sends no chunk that could be measured, so a timer
 * looks.
 */
class UploadPace {
  bytes = 0;
  private readonly started = performance.now();
  private readonly timer = setInterval(() => this.look(), SECOND_MS);
  private problem: HttpProblem | undefined;
  private refuse: ((problem: HttpProblem) => void) | undefined;

  /**
   * What the next chunk's promise gives, unless the upload is too slow by then. Not a race with one promise
   * of the whole upload: that would hold every chunk until its end.
   */
  watch<Chunk>(next: Promise<Chunk>): Promise<Chunk> {
    return new Promise((resolve, reject) => {
      this.refuse = reject;
      next.then(resolve, reject);
      if (this.problem) reject(this.problem);
    });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const seconds = (performance.now() - this.started) / SECOND_MS - UPLOAD_GRACE_SECONDS;
    if (this.bytes >= seconds * MIN_UPLOAD_BYTES_PER_SECOND) return;
    this.problem = tooSlow('64 KiB/s on average');
    this.refuse?.(this.problem);
  }
}

function tooLarge(maxBytes: number): HttpProblem {
  return new HttpProblem('payload_too_large', `the body is larger than ${maxBytes} bytes`);
}

function tooSlow(limit: string): HttpProblem {
  // Nobody waits for the rest, so the connection cannot be used again.
  const headers = { Connection: 'close' };
  return new HttpProblem('request_timeout', `the body did not arrive within the limit of ${limit}`, { headers });
}
