import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InvalidConfigError, listeningUrl } from '#server';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { adapterOf } from '../http/adapter/fastify-adapter.js';
import { LISTEN_BACKLOG } from '../http/adapter/limited-server.js';
import type { Middleware } from '../http/middleware.js';
import { HttpProblem } from '../http/problem.js';
import { pathOf } from '../http/request-path.js';
import { PolicyUpgrade } from './policy-upgrade.js';

/** What robots ask besides sessions. */
const FOR_ROBOTS = /^\/(?:healthz|health|config|v1\/policies\/.+)\/?$/i;

/**
 * A port for robots alone, where the configuration names one: policies and nothing else, so that it can be
 * open where the rest of the service is not.
 */
@Injectable()
export class PolicyPort implements OnApplicationShutdown {
  private readonly arrivals = new WeakSet<IncomingMessage>();
  private server: Server | undefined;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly adapterHost: HttpAdapterHost,
    private readonly upgrade: PolicyUpgrade,
  ) {}

  /** Where it listens, if it does. */
  get url(): string | undefined {
    return this.server === undefined ? undefined : listeningUrl(this.server);
  }

  /** @throws InvalidConfigError when there is no policy for it, or the port is taken */
  async start(): Promise<void> {
    const { STRIDE_POLICY_PORT: port, STRIDE_POLICY: policy, STRIDE_HOST: host } = this.config;
    if (port === undefined) return;
    if (policy === undefined) throw invalid('needs STRIDE_POLICY, the policy that robots get there');
    const server = adapterOf(this.adapterHost).openDoor((request) => this.arrivals.add(request));
    this.upgrade.letIn(server);
    server.listen({ port, host, backlog: LISTEN_BACKLOG });
    try {
      await once(server, 'listening');
    } catch (error) {
      throw invalid(`cannot listen on ${host}:${port}: ${codeOf(error)}`);
    }
    this.server = server;
  }

  /** Nothing but policies is there. */
  keepToPolicies(): Middleware {
    return (request, _response, next) => {
      if (!this.arrivals.has(request) || FOR_ROBOTS.test(pathOf(request))) next();
      else next(new HttpProblem('not_found', 'there are only policies on this port'));
    };
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}

function invalid(problem: string): InvalidConfigError {
  return new InvalidConfigError('invalid_config', `STRIDE_POLICY_PORT: ${problem}`);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return error.code === 'EADDRINUSE' ? 'it is in use' : String(error.code);
}
