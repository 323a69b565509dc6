import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** The longest wait that the service grants. */
export const WAIT_SECONDS = 60;
const TIMEOUT_MS = (WAIT_SECONDS + 10) * 1_000;
/** Further jobs queue here; their latency counts from when they should have been sent. */
const MAX_CONNECTIONS = 4_096;

/** A whole answer, or the code of what became of the connection. */
export type Answer = { readonly status: number; readonly body: Buffer } | { readonly failure: string };

/**
 * Posts to one address, over connections that stay open. node:http itself: `fetch` takes more of the CPU that
 * the service on the same machine needs.
 */
export class HttpConnections {
  private readonly agent: HttpAgent;
  private readonly send: typeof httpRequest;
  private readonly options: RequestOptions;

  constructor(
    address: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    const url = new URL(address);
    const isSecure = url.protocol === 'https:';
    const agentOptions = { keepAlive: true, maxSockets: MAX_CONNECTIONS, maxFreeSockets: MAX_CONNECTIONS };
    this.agent = isSecure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
    this.send = isSecure ? httpsRequest : httpRequest;
    this.options = {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: url.pathname,
      method: 'POST',
      agent: this.agent,
      timeout: TIMEOUT_MS,
    };
  }

  /** Never rejects. */
  post(body: Buffer, further: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException): void => resolve({ failure: error.code ?? error.name });
      const headers = { ...this.headers, ...further, 'Content-Length': body.length };
      const request = this.send({ ...this.options, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        response.on('error', failed);
      });
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'timeout' })));
      request.on('error', failed);
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
