import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem, toProblem } from './error-answer.js';
import { adapterOf } from './adapter/fastify-adapter.js';
import { HttpProblem } from './problem.js';
import { pathOf } from './request-path.js';

/** Where an error of a route becomes its answer. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { raw: request } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { raw: response } = reply.hijack();
    // what the route has already said, Node does not know yet
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined && !response.headersSent) response.setHeader(name, value);
    const methods = error instanceof NotFoundException ? this.methodsAt(pathOf(request)) : undefined;
    answerProblem(methods === undefined ? toProblem(error) : noRoute(methods), error, { request, response });
  }

  private methodsAt(path: string): string[] {
    return adapterOf(this.adapterHost).routes.methodsAt(path);
  }
}

function noRoute(methods: readonly string[]): HttpProblem {
  if (methods.length === 0) return new HttpProblem('not_found', 'there is no such route; see /docs');
  const headers = { Allow: methods.join(', ') };
  return new HttpProblem('method_not_allowed', `use ${methods.join(' or ')} here`, { headers });
}
