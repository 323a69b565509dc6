import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { z } from 'zod';
import { JobBodies } from './job-bodies.js';
import type { LoadSize } from './job-mix.js';
import type { ErrorCode, LoadTarget, Sender } from './sender.js';

/** The longest wait that the service grants. */
const WAIT_SECONDS = 60;
const TIMEOUT_MS = (WAIT_SECONDS + 10) * 1_000;
/** Further jobs queue here; their latency counts from when they should have been sent. */
const MAX_CONNECTIONS = 4_096;
const SUCCEEDED = '"status":"succeeded"';

const Refusal = z.object({ code: z.string() });
const EndedJob = z.object({ status: z.string(), error: z.object({ code: z.string() }).nullable() });

/**
 * Sends jobs and waits for their results, in base64 as a program would, over connections that stay open.
 * node:http itself: `fetch` takes more of the CPU that the service on the same machine needs.
 */
export class HttpSender implements Sender {
  private readonly bodies: JobBodies;
  private readonly agent: HttpAgent;
  private readonly send: typeof httpRequest;
  private readonly options: RequestOptions;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(sizes: readonly LoadSize[], target: LoadTarget) {
    const { baseUrl, headers } = target;
    this.bodies = new JobBodies(sizes, target);
    const url = new URL(`${baseUrl.replace(/\/+$/, '')}/v1/sampling-jobs`);
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
    this.headers = { ...headers, 'Content-Type': 'application/json', Prefer: `wait=${WAIT_SECONDS}, tensors=base64` };
  }

  /** Reads the whole answer too. */
  run(place: number, index: number): Promise<ErrorCode> {
    const body = this.bodies.of(place, index);
    return new Promise((resolve) => {
      const headers = { ...this.headers, 'Content-Length': body.length };
      const request = this.send({ ...this.options, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(errorOf(response, Buffer.concat(chunks))));
        response.on('error', (error) => resolve(codeOf(error)));
      });
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'timeout' })));
      request.on('error', (error) => resolve(codeOf(error)));
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/**
 * A search in the bytes: parsing a result of thousands of numbers would cost more than sending it. Inside a
 * JSON string the quotes were escaped.
 */
function errorOf({ statusCode = 0 }: IncomingMessage, body: Buffer): ErrorCode {
  if (statusCode === 200 && body.includes(SUCCEEDED)) return undefined;
  if (statusCode === 202) return 'not_finished';
  const answer = parse(body);
  const job = EndedJob.safeParse(answer).data;
  return job?.error?.code ?? job?.status ?? Refusal.safeParse(answer).data?.code ?? `http_${statusCode}`;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined; // whatever a proxy in between has to say
  }
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.name;
}
