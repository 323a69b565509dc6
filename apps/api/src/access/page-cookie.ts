import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { LIFETIMES } from '#queue';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { HttpProblem } from '../http/problem.js';
import { cameByManagement } from '../network/management-port.js';
import { cameByTls } from '../network/strict-transport.js';

const TOKEN = /^[A-Za-z0-9]{43}$/;
/** Only a script of the page itself can send it: other origins would have to ask first, and are refused. */
export const PAGE_HEADER = 'X-Stride-Page';
/** The methods that change nothing, and need no more than the cookie. */
export const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
export const SESSION_COOKIE = 'stride_session';
/** Under TLS: a name that no other port or subdomain can set. */
export const SECURE_SESSION_COOKIE = `__Host-${SESSION_COOKIE}`;

/**
 * The cookie in which a browser holds its session. Cookies know no ports, so that one is read on the
 * management port alone, and never for an upgrade.
 */
@Injectable()
export class PageCookie {
  constructor(@Inject(API_CONFIG) private readonly config: Pick<ApiConfig, 'STRIDE_TRUST_PROXY'>) {}

  /**
   * The token that a request brings.
   * @throws HttpProblem `forbidden_origin` when not the page itself sends it
   */
  tokenOf(request: IncomingMessage): string | undefined {
    if (!cameByManagement(request) || request.headers.upgrade !== undefined) return undefined;
    const name = this.nameFor(request);
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    const token = cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
    if (token === undefined || !TOKEN.test(token)) return undefined;
    requirePage(request);
    return token;
  }

  set(request: IncomingMessage, response: ServerResponse, token: string): void {
    response.setHeader('Set-Cookie', this.text(request, token, LIFETIMES.pageSessionMs / 1_000));
  }

  clear(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Set-Cookie', this.text(request, '', 0));
  }

  private text(request: IncomingMessage, token: string, seconds: number): string {
    const secure = this.isSecure(request) ? '; Secure' : '';
    return `${this.nameFor(request)}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  private nameFor(request: IncomingMessage): string {
    return this.isSecure(request) ? SECURE_SESSION_COOKIE : SESSION_COOKIE;
  }

  private isSecure(request: IncomingMessage): boolean {
    return cameByTls(request, this.config.STRIDE_TRUST_PROXY);
  }
}

/**
 * What a browser sends by itself is no word of its user: another page, also of another port of the same host,
 * could have made it do so.
 * @throws HttpProblem `forbidden_origin`
 */
export function requirePage({ method = '', headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwn && (READING.has(method) || headers[PAGE_HEADER.toLowerCase()] !== undefined)) return;
  throw new HttpProblem(
    'forbidden_origin',
    'a session is for the page of this service alone, which sends X-Stride-Page',
  );
}
