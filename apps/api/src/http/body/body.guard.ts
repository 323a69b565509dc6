import { applyDecorators, Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseJsonText } from './json-text.js';
import { RequestGate } from '../request-gate.js';
import { checkMediaType, readBody } from './request-body.js';

/**
 * Lets a request in once its JSON body is there, before the pipes look at it; after routing, so that an
 * unknown route is a 404 whatever it carries. No interceptor: a single one makes every answer an Observable.
 */
@Injectable()
class JsonBodyGuard implements CanActivate {
  constructor(private readonly gate: RequestGate) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    checkMediaType(request.raw, 'application/json');
    const bytes = await readBody(request.raw);
    this.gate.enter(http.getResponse<FastifyReply>().raw, bytes.length);
    request.body = parseJsonText(bytes);
    return true;
  }
}

/** The route takes an uncompressed body of raw bytes, which the handler streams. */
@Injectable()
class OctetStreamGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    checkMediaType(context.switchToHttp().getRequest<FastifyRequest>().raw, 'application/octet-stream');
    return true;
  }
}

/** The route takes `application/json`, at most 1 MiB. */
export const AcceptsJson = (): MethodDecorator => UseGuards(JsonBodyGuard);

/** The route takes `application/octet-stream` and streams it. */
export const AcceptsOctetStream = (): MethodDecorator =>
  applyDecorators(UseGuards(OctetStreamGuard), ApiConsumes('application/octet-stream'));
