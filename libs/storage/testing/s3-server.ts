import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import S3rver from 's3rver';

/** What a request to the server is about. */
export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What a fault makes of an answer: another one, `cut` in the middle of its body, or `lost`. */
export type Fault = (request: S3Request, answer: () => Promise<Answer>) => Promise<Answer | 'cut' | 'lost'>;

export const BUCKET = 'stride-test';
const OBJECT_SUFFIX = '._S3rver_object';

/**
 * s3rver, behind a proxy that adds what it lacks of S3: conditions of PutObject, objects that change as a
 * whole, and a copy onto itself that makes an object younger. And faults.
 */
export class TestS3 {
  /** Requests that arrived, the oldest first. */
  readonly requests: S3Request[] = [];
  fault: Fault | undefined;
  /** Whether conditions are kept, as by all servers that will do. */
  keepsConditions = true;
  /** How much of a list stands on one page; s3rver cannot give a second one. */
  pageSize = 1_000;
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #partBytes = new Map<string, number>();

  private constructor(
    private readonly server: S3rver,
    private readonly directory: string,
    private readonly behind: number,
    private readonly proxy: Server,
  ) {}

  static async start(host = '127.0.0.1', port = 0): Promise<TestS3> {
    const directory = mkdtempSync(join(tmpdir(), 'stride-s3-'));
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory,
      configureBuckets: [{ name: BUCKET, configs: [] }],
    });
    const { port: behind } = await server.run();
    const proxy = createServer();
    const s3 = new TestS3(server, directory, behind, proxy);
    proxy.on('request', s3.#listener);
    await new Promise<void>((resolve) => proxy.listen(port, host, resolve));
    return s3;
  }

  /** The environment in which an S3 client finds it. */
  get env(): Record<string, string> {
    const { port } = this.proxy.address() as AddressInfo;
    return {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    };
  }

  /** The file that holds an object. */
  path(key: string): string {
    return join(this.directory, BUCKET, `${key}${OBJECT_SUFFIX}`);
  }

  async stop(): Promise<void> {
    this.proxy.closeAllConnections();
    await new Promise((resolve) => this.proxy.close(resolve));
    await this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  readonly #listener: RequestListener = (incoming, response) => {
    void (async () => {
      const url = new URL(incoming.url ?? '/', 'http://s3');
      const [, , ...segments] = decodeURIComponent(url.pathname).split('/');
      const { method = 'GET', headers } = incoming;
      const seen = { method, key: segments.join('/'), query: url.searchParams, headers, body: await buffer(incoming) };
      this.requests.push(seen);
      const answer = () => this.#inTurn(seen, incoming.url ?? '/');
      const given = this.fault ? await this.fault(seen, answer) : await answer();
      if (given === 'lost') {
        incoming.socket.destroy();
        return;
      }
      const { status, body, headers: answered } = given === 'cut' ? await answer() : given;
      response.writeHead(status, answered);
      if (given === 'cut') response.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy());
      else response.end(method === 'HEAD' ? undefined : body);
    })().catch(() => incoming.socket.destroy());
  };

  /** One request per object at a time: s3rver shows objects that are half written. */
  async #inTurn(seen: S3Request, path: string): Promise<Answer> {
    const before = this.#busy.get(seen.key);
    const mine = (async () => {
      await before?.catch(() => undefined);
      return this.#answer(seen, path);
    })();
    this.#busy.set(seen.key, mine);
    return mine;
  }

  async #answer(seen: S3Request, path: string): Promise<Answer> {
    const { method, key, query, headers, body } = seen;
    if (method === 'PUT' && this.keepsConditions) {
      const etag = (await this.#head(key))?.etag;
      if (headers['if-none-match'] === '*' && etag !== undefined) return refusal(412, 'PreconditionFailed');
      const wanted = headers['if-match'];
      if (wanted !== undefined && etag === undefined) return refusal(404, 'NoSuchKey');
      if (wanted !== undefined && etag !== wanted) return refusal(412, 'PreconditionFailed');
    }
    const answer = await this.#ask(method, path, headers, body);
    if (answer.status < 300 && query.has('list-type')) return shortened(answer, this.pageSize);
    if (answer.status >= 300 || key === '') return answer;
    const upload = query.get('uploadId');
    if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined)
      utimesSync(this.path(key), new Date(), new Date());
    else if (method === 'PUT' && upload !== null)
      this.#partBytes.set(upload, (this.#partBytes.get(upload) ?? 0) + body.length);
    else if (method === 'PUT') await this.#flushed(key, body.length);
    else if (method === 'POST' && upload !== null) await this.#flushed(key, this.#partBytes.get(upload) ?? 0);
    return answer;
  }

  /** s3rver answers before it has written everything. */
  async #flushed(key: string, bytes: number): Promise<void> {
    while ((await this.#head(key))?.['content-length'] !== String(bytes)) await sleep(1);
  }

  async #head(key: string): Promise<IncomingMessage['headers'] | undefined> {
    const { status, headers } = await this.#ask('HEAD', `/${BUCKET}/${key}`, {}, Buffer.of());
    return status === 200 ? headers : undefined;
  }

  #ask(method: string, path: string, headers: IncomingMessage['headers'], body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.behind, method, path, headers }, (answer) => {
        const { statusCode: status = 0, headers: answered } = answer;
        buffer(answer).then((bytes) => resolve({ status, headers: answered, body: bytes }), reject);
      });
      asked.on('error', reject).end(body);
    });
  }
}

/** The first entries of a list, which says that there are more. */
function shortened(answer: Answer, pageSize: number): Answer {
  const text = answer.body.toString();
  const entries = text.match(/<(Contents|CommonPrefixes)>.*?<\/\1>/gs) ?? [];
  const nameOf = (entry: string) => /<(?:Key|Prefix)>(.*?)<\//.exec(entry)?.[1] ?? '';
  const beyond = new Set(entries.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).slice(pageSize));
  if (beyond.size === 0) return answer;
  const first = [...beyond].reduce((left, entry) => left.replace(entry, ''), text);
  return xml(answer.status, first.replace('<IsTruncated>false', '<IsTruncated>true'));
}

/** An answer in S3's form. */
export function refusal(status: number, code: string): Answer {
  return xml(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function xml(status: number, text: string): Answer {
  const body = Buffer.from(text);
  return { status, headers: { 'content-type': 'application/xml', 'content-length': String(body.length) }, body };
}
