import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { parse } from 'node:querystring';
import type { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TlsFiles } from '#server';
import { answerError } from '../error-answer.js';
import { limitedServer } from './limited-server.js';
import { inOrder, type Middleware } from '../middleware.js';
import { RouteTable } from './route-table.js';

interface AdapterOptions {
  readonly tls?: TlsFiles | undefined;
  /** So many proxies are believed and no further: `request.ip` is whom the outermost of them saw. */
  readonly hops?: number;
}

/**
 * Nest's Fastify adapter over a server with our limits. Middleware sees a request before Fastify does, so
 * that none of it depends on how a path is routed. Fastify reads no body: the routes do, with their limits.
 */
export class StrideFastifyAdapter extends FastifyAdapter {
  readonly routes = new RouteTable();
  private readonly steps: Middleware[];
  private connected: () => void = () => undefined;
  private readonly tls: TlsFiles | undefined;

  constructor({ tls, hops = 0 }: AdapterOptions = {}) {
    const steps: Middleware[] = [];
    const before = inOrder(steps, answerError);
    super({
      serverFactory: (route: RequestListener) =>
        limitedServer(tls, (request, response) => before(request, response, () => route(request, response))),
      // answered where the server is made
      clientErrorHandler: () => undefined,
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
        answerError(error, request.raw, reply.hijack().raw),
      trustProxy: hops === 0 ? false : (_address: string, hop: number) => hop < hops,
      skipMiddie: true,
      routerOptions: {
        caseSensitive: false,
        ignoreTrailingSlash: true,
        // no longer than the headers are, which the server limits
        maxParamLength: 16 * 1_024,
        querystringParser: (text: string) => parse(text),
      },
    });
    this.steps = steps;
    this.tls = tls;
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      this.instance.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    this.routes.follow(this.instance);
  }

  /** These look at every request, in order, before it is routed. */
  before(...steps: Middleware[]): void {
    this.steps.push(...steps);
  }

  /** What is called for each connection that has come, at any door. */
  atConnection(connected: () => void): void {
    this.connected = connected;
    this.httpServer.on('connection', connected);
  }

  /** Another server for the same routes, which notes what arrives there; not listening yet. */
  openDoor(note: (request: IncomingMessage) => void): Server {
    return limitedServer(this.tls, (request, response) => {
      note(request);
      this.httpServer.emit('request', request, response);
    }).on('connection', () => this.connected());
  }
}

/** @throws TypeError where Nest runs on another adapter: a bug of ours */
export function adapterOf({ httpAdapter }: HttpAdapterHost): StrideFastifyAdapter {
  if (httpAdapter instanceof StrideFastifyAdapter) return httpAdapter;
  throw new TypeError('expected our own HTTP adapter');
}
