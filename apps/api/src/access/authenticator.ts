import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import {
  judgeHash,
  judgeSecret,
  LOOKS_LIKE_KEY,
  PageSessions,
  parseApiKey,
  withDeadline,
  type ApiKeyRecord,
} from '#queue';
import { HttpProblem } from '../http/problem.js';
import { LOCAL_CALLER, type Caller } from './caller.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { KeyRing } from './key-ring.js';
import { PageCookie } from './page-cookie.js';

const DEADLINE_MS = 2_000;

/** `Api-Key` is what some clients of policies send. */
const AUTHORIZATION = /^(?:Bearer|Api-Key) +(\S{1,200}) *$/i;

/** Finds out who sends a request. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly ring: KeyRing,
    private readonly sessions: PageSessions,
    private readonly cookie: PageCookie,
    private readonly connection: QueueConnection,
  ) {}

  /**
   * @throws HttpProblem `unauthorized`, `key_revoked`, `key_expired`, `forbidden_origin`;
   * QueueUnavailableError when a key cannot be looked up
   */
  async authenticate(request: IncomingMessage): Promise<Caller> {
    if (!(await this.ring.areOn())) return LOCAL_CALLER;
    if (LOOKS_LIKE_KEY.test(request.url ?? '')) {
      throw refusal('unauthorized', 'a key in the address is not read, and logs may hold it now: rotate it');
    }
    const { authorization } = request.headers;
    if (authorization === undefined) return this.callerBySession(this.cookie.tokenOf(request));
    const [, text = ''] = AUTHORIZATION.exec(authorization) ?? [];
    return this.callerByKey(text);
  }

  /** The caller that a key names. @throws the same */
  async callerByKey(text: string): Promise<Caller> {
    const key = parseApiKey(text);
    if (key === undefined) throw refusal('unauthorized', 'this is no API key: it is mistyped or cut off');
    const record = await this.ring.find(key.id);
    return this.callerBy(record, judgeSecret(record, key.secret, Date.now()));
  }

  private async callerBySession(token: string | undefined): Promise<Caller> {
    if (token === undefined) throw refusal('unauthorized', 'send an API key: "Authorization: Bearer stride_…"');
    this.connection.requireReady();
    const session = await withDeadline(this.sessions.find(token), DEADLINE_MS);
    if (session === undefined) throw refusal('unauthorized', 'this session has ended: log in again');
    const record = await this.ring.find(session.keyId);
    return this.callerBy(record, judgeHash(record, Buffer.from(session.sha256, 'hex'), Date.now()));
  }

  private callerBy(record: ApiKeyRecord | undefined, verdict: ReturnType<typeof judgeSecret>): Caller {
    if (verdict === 'revoked') throw refusal('key_revoked', 'this key was revoked');
    if (verdict === 'expired') throw refusal('key_expired', 'this key has expired, or was rotated');
    if (verdict === 'wrong' || record === undefined) throw refusal('unauthorized', 'there is no such key');
    const { id, owner, scopes, limits } = record;
    this.ring.used(id);
    return { keyId: id, owner, scopes, limits };
  }
}

function refusal(code: string, detail: string): HttpProblem {
  return new HttpProblem(code, detail, { headers: { 'WWW-Authenticate': 'Bearer realm="stride"' } });
}
