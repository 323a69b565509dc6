import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { parseJsonText } from './json-text.js';
import { RequestGate } from './request-gate.js';
import { checkMediaType, readBody } from './request-body.js';

/**
 * Reads the JSON body before the pipes look at it; after routing, so that an unknown route is a 404 whatever
 * it carries.
 */
@Injectable()
class JsonBodyInterceptor implements NestInterceptor {
  constructor(private readonly gate: RequestGate) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    checkMediaType(request.raw, 'application/json');
    const bytes = await readBody(request.raw);
    this.gate.enter(http.getResponse<FastifyReply>().raw, bytes.length);
    request.body = parseJsonText(bytes);
    return next.handle();
  }
}

/** The route takes an uncompressed body of raw bytes, which the handler streams. */
@Injectable()
class OctetStreamInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    checkMediaType(context.switchToHttp().getRequest<FastifyRequest>().raw, 'application/octet-stream');
    return next.handle();
  }
}

/** The route takes `application/json`, at most 1 MiB. */
export const AcceptsJson = (): MethodDecorator => UseInterceptors(JsonBodyInterceptor);

/** The route takes `application/octet-stream` and streams it. */
export const AcceptsOctetStream = (): MethodDecorator =>
  applyDecorators(UseInterceptors(OctetStreamInterceptor), ApiConsumes('application/octet-stream'));
