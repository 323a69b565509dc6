import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Scope } from '#contract';
import type { Middleware } from '../http/middleware.js';
import { cameByManagement } from '../network/management-port.js';
import { Authenticator } from './authenticator.js';
import { KeyRing } from './key-ring.js';
import { KeyLimits } from './key-limits.js';
import { letIn, requireScope, type Caller } from './caller.js';
import { ACCESS, type Access } from './needs.js';

/** Lets a request to its route if its caller may use it, before anything reads its body. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly ring: KeyRing,
    private readonly limits: KeyLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
    if (access === undefined) return false; // DeclaredAccess lets no process start so
    if (access === 'nothing' || (access.evenUnsure && this.ring.isUnsure)) return true;
    const http = context.switchToHttp();
    const { raw: request } = http.getRequest<FastifyRequest>();
    if (access.isForOperators && cameByManagement(request)) return true;
    const caller = await this.require(request, access.scope);
    const { raw: response } = http.getResponse<FastifyReply>();
    for (const [name, value] of Object.entries(await this.limits.takeRequest(caller))) response.setHeader(name, value);
    return true;
  }

  /** The same for what is served beside the routes. */
  middleware(scope: Scope): Middleware {
    return (request, _response, next) => {
      const letThrough = () => next();
      this.require(request, scope).then(letThrough, next);
    };
  }

  private async require(request: IncomingMessage, scope: Scope): Promise<Caller> {
    const caller = await this.authenticator.authenticate(request);
    requireScope(caller, scope);
    letIn(request, caller);
    return caller;
  }
}
