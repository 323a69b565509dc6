import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginRequest, SessionCaller } from '#contract';
import { PageSessions, parseApiKey } from '#queue';
import { Authenticator } from '../access/authenticator.js';
import type { Caller } from '../access/caller.js';
import { KeyRing } from '../access/key-ring.js';
import { NeedsNoKey } from '../access/needs.js';
import { PageCookie, requirePage } from '../access/page-cookie.js';
import { AcceptsJson } from '../http/body/body.guard.js';
import { HttpProblem } from '../http/problem.js';
import { Refuses } from '../openapi/refuses.js';
import { BY_PAGE, BY_SESSION, BY_SESSION_OF_PAGE } from '../openapi/security.js';
import { QueueConnection } from '../queue/queue-connection.js';

const REFUSALS = ['unauthorized', 'key_expired', 'key_revoked', 'forbidden_origin', 'queue_unavailable'] as const;

/** Logins of the dashboard, where it is: on the management port once there are keys. */
@ApiTags('Session')
@NeedsNoKey()
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly ring: KeyRing,
    private readonly authenticator: Authenticator,
    private readonly sessions: PageSessions,
    private readonly cookie: PageCookie,
    private readonly connection: QueueConnection,
  ) {}

  @Get()
  @ApiSecurity(BY_SESSION)
  @Header('Cache-Control', 'no-store')
  @Refuses(...REFUSALS)
  @ApiOperation({
    summary: 'Who the browser is to this service',
    description: 'Answers with the key of the session, or, as long as there are no keys, with everybody.',
  })
  @ApiOkResponse({ standardSchema: SessionCaller })
  async readSession(@Req() { raw: request }: FastifyRequest): Promise<SessionCaller> {
    return viewOf(await this.authenticator.authenticate(request));
  }

  @Post()
  @ApiSecurity(BY_PAGE)
  @AcceptsJson()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Refuses(...REFUSALS, 'not_found')
  @ApiOperation({
    summary: 'Log in to the dashboard with a key',
    description:
      'Sets a cookie that is `HttpOnly` and `SameSite=Strict`, for 12 hours or until the key is revoked, rotated or expires. The request needs the header `X-Stride-Page`.',
  })
  @ApiOkResponse({ standardSchema: SessionCaller })
  async logIn(
    @Body({ schema: LoginRequest }) { key: text }: LoginRequest,
    @Req() { raw: request }: FastifyRequest,
    @Res({ passthrough: true }) { raw: response }: FastifyReply,
  ): Promise<SessionCaller> {
    requirePage(request);
    if (!(await this.ring.areOn())) throw new HttpProblem('not_found', 'there are no keys: nobody needs to log in');
    const caller = await this.authenticator.callerByKey(text);
    const key = parseApiKey(text);
    if (key === undefined) throw new TypeError('a key that opens is one');
    this.connection.requireReady();
    this.cookie.set(request, response, await this.sessions.open(key));
    return viewOf(caller);
  }

  @Delete()
  @ApiSecurity(BY_SESSION_OF_PAGE)
  @HttpCode(204)
  @Refuses(...REFUSALS)
  @ApiOperation({
    summary: 'Log out of the dashboard',
    description: 'Ends the session for good, also for whoever has a copy of its cookie.',
  })
  @ApiNoContentResponse({ description: 'There is no session any more' })
  async logOut(
    @Req() { raw: request }: FastifyRequest,
    @Res({ passthrough: true }) { raw: response }: FastifyReply,
  ): Promise<void> {
    const token = this.cookie.tokenOf(request);
    this.connection.requireReady();
    if (token !== undefined) await this.sessions.close(token);
    this.cookie.clear(request, response);
  }
}

function viewOf({ keyId, owner, scopes }: Caller): SessionCaller {
  return { keyId, owner, scopes: [...scopes] };
}
