import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errnoCode, StorageError } from '../../storage-error.js';

const SILENCE_MS = 30_000;
/** So long it is tried again: an API restarts within that. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;
const MAX_SOCKETS = 32;
const Problem = z.object({ code: z.string(), detail: z.string().default('') });

/** What to ask the API for. */
interface ApiRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below `v1/store/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: object;
  /** The bytes to send, each time anew. */
  readonly body?: { readonly bytes: number; readonly stream: () => Readable };
  /** Whether to give up at the first failure. */
  readonly isHasty?: boolean;
}

/** An answer, and how often the API was asked before it came. */
interface ApiAnswer<Content> {
  readonly content: Content;
  readonly attempts: number;
}

/** The store routes of an API, for a worker with a key. */
export class ApiConnection {
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(
    private readonly base: URL,
    private readonly key: string | undefined,
  ) {
    const options = { keepAlive: true, maxSockets: MAX_SOCKETS };
    this.#agent = base.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** @throws StorageError */
  async json<Content>(action: string, asked: ApiRequest, schema: z.ZodType<Content>): Promise<ApiAnswer<Content>> {
    return this.#patiently(action, asked, async (answer) => schema.parse(JSON.parse(await text(answer))));
  }

  /** The body as it arrives; undefined: there is nothing of that name. @throws StorageError */
  async bytes(action: string, asked: ApiRequest): Promise<IncomingMessage | undefined> {
    try {
      return (await this.#patiently(action, asked, (answer) => Promise.resolve(answer))).content;
    } catch (error) {
      if (error instanceof ApiRefusal && error.refusal === 'artifact_not_found') return undefined;
      throw error;
    }
  }

  async #patiently<Content>(
    action: string,
    asked: ApiRequest,
    read: (answer: IncomingMessage) => Promise<Content>,
  ): Promise<ApiAnswer<Content>> {
    const started = performance.now();
    for (let attempts = 1; ; attempts++) {
      try {
        const answer = await this.#ask(asked);
        if (isGood(answer)) return { content: await read(answer), attempts };
        throw await refusalOf(action, answer);
      } catch (error) {
        const fault = apiFault(action, error);
        const isOver = asked.isHasty === true || performance.now() - started > PATIENCE_MS;
        if (isOver || (fault instanceof ApiRefusal && !fault.isTransient)) throw fault;
      }
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS));
    }
  }

  async #ask({ method, path, query = {}, json, body }: ApiRequest): Promise<IncomingMessage> {
    const url = new URL(`v1/store/${path}`, this.base);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    const sent = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    const headers = {
      ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
      ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }),
      ...(body && { 'content-type': 'application/octet-stream', 'content-length': body.bytes }),
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, { method, headers, agent: this.#agent, timeout: SILENCE_MS });
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    if (body === undefined) request.end(sent);
    // The API may refuse before it has read everything: then its answer counts, not the broken pipe.
    else pipeline(body.stream(), request).catch(() => undefined);
    return answered;
  }
}

/** What the API answered in place of what was asked for. */
class ApiRefusal extends StorageError {
  constructor(
    readonly refusal: string,
    readonly isTransient: boolean,
    message: string,
  ) {
    super(refusal === 'storage_full' || refusal === 'artifact_corrupt' ? refusal : 'artifact_store_error', message);
  }
}

/** What is wrong with the API, or the way to it; neither its address nor the key stands in it. */
export function apiFault(action: string, cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause;
  const reason = errnoCode(cause) ?? (cause instanceof Error ? cause.name : 'unknown fault');
  return new StorageError('artifact_store_error', `cannot ${action}: the API does not answer (${reason})`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  unauthorized: 'the API does not accept STRIDE_ARTIFACTS_KEY',
  key_revoked: 'the key in STRIDE_ARTIFACTS_KEY was revoked',
  key_expired: 'the key in STRIDE_ARTIFACTS_KEY has expired',
  forbidden_scope: 'the key in STRIDE_ARTIFACTS_KEY lacks the scope store',
  not_found: 'the API of STRIDE_ARTIFACTS has no store for workers: it is none, or of a release before',
};

async function refusalOf(action: string, answer: IncomingMessage): Promise<ApiRefusal> {
  const status = answer.statusCode ?? 0;
  const body = await text(answer);
  const { code } = parseProblem(body) ?? { code: String(status) };
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : `the API answers ${status} (${code})`;
  const isTransient = (status >= 500 || status === 429 || status === 408) && code !== 'storage_full';
  return new ApiRefusal(code, isTransient, `cannot ${action}: ${reason}`);
}

function parseProblem(body: string): z.output<typeof Problem> | undefined {
  try {
    return Problem.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // a proxy's words
  }
}

function isGood({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}
