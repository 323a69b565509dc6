import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { WebhookFault } from '#contract';
import { nameOf, portOf, type ReceiverRules } from './receiver-rules.js';
import { ForbiddenAddressError, receiverLookup, type Resolve } from './receiver-lookup.js';

/** What a receiver is sent. */
interface SignedMessage {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of it; `retryAfter` is the header. */
export type ReceiverAnswer =
  { readonly status: number; readonly retryAfter: string | undefined } | { readonly fault: WebhookFault };

/** Tests have a certificate of their own, no minute to wait, and no name servers. */
export interface SenderOptions {
  readonly connectMs?: number;
  readonly totalMs?: number;
  readonly resolve?: Resolve;
  readonly ca?: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Calls receivers: over TLS whose certificate is right, at addresses that are checked in the step that
 * connects, without following redirects. What an answer says is read up to 64 KiB, so that its connection
 * ends well, and forgotten.
 */
export class WebhookSender {
  readonly #agent: Agent;
  readonly #connectMs: number;
  readonly #totalMs: number;

  constructor(rules: ReceiverRules, { connectMs = 5_000, totalMs = 10_000, resolve, ca }: SenderOptions = {}) {
    this.#connectMs = connectMs;
    this.#totalMs = totalMs;
    // Never kept alive: a connection that stays was checked once, for another delivery.
    const lookup = receiverLookup(rules, resolve);
    this.#agent = new Agent({ keepAlive: false, rejectUnauthorized: true, lookup, ca });
  }

  async send({ url, headers, body }: SignedMessage): Promise<ReceiverAnswer> {
    const stop = new AbortController();
    const total = setTimeout(() => stop.abort(), this.#totalMs);
    const connect = setTimeout(() => stop.abort(), this.#connectMs);
    try {
      const call = request({
        agent: this.#agent,
        signal: stop.signal,
        host: nameOf(url),
        port: portOf(url),
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      call.once('socket', (socket) => socket.once('secureConnect', () => clearTimeout(connect)));
      call.on('error', () => undefined); // also after an answer, whose status counts
      call.end(body);
      const [answer] = (await once(call, 'response')) as [IncomingMessage];
      await discard(answer).catch(() => undefined);
      return { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] };
    } catch (error) {
      return { fault: faultOf(error) };
    } finally {
      clearTimeout(total);
      clearTimeout(connect);
      stop.abort();
    }
  }
}

/** Reads an answer to its end, or to as much of it as is read at all. */
async function discard(answer: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_ANSWER_BYTES) break; // destroys the connection
  }
}

function faultOf(error: unknown): WebhookFault {
  if (error instanceof ForbiddenAddressError) return error.code;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ABORT_ERR') return 'timeout';
  if (/^(ENOTFOUND|ENODATA|EAI_|ESERVFAIL|EREFUSED|ETIMEOUT)/.test(code)) return 'name_not_found';
  if (/CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME|ALTNAME|ISSUER/.test(code)) return 'certificate_refused';
  return 'connection_failed';
}
