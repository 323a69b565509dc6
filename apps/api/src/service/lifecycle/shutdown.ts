import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { API_CONFIG, type ApiConfig } from '../../api-config.js';
import { isLoopback } from '../../http/loopback.js';
import type { Middleware } from '../../http/middleware.js';
import { HttpProblem } from '../../http/problem.js';
import { JobFollower } from '../../jobs/follow/job-follower.js';
import { JobWaiters } from '../../jobs/wait/job-waiters.js';
import { PolicySessions } from '../../policies/policy-sessions.js';
import { LiveFeed } from '../live/live-feed.js';

/** So long a load balancer may still send requests after the process has said that it is not ready. */
const NOTICE_MS = 5_000;
const FINISH_MS = 10_000;
const IDLE_LOOK_MS = 50;

/**
 * serving -> leaving (not ready, still serving) -> closing (new requests are refused, running ones finish) ->
 * Nest closes the server, then Redis. A process that only its own machine can reach has no load balancer, and
 * leaves without notice.
 */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  private phase: 'serving' | 'leaving' | 'closing' = 'serving';

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly adapterHost: HttpAdapterHost,
    private readonly follower: JobFollower,
    private readonly waiters: JobWaiters,
    private readonly policySessions: PolicySessions,
    private readonly live: LiveFeed,
  ) {}

  get isLeaving(): boolean {
    return this.phase !== 'serving';
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.phase = 'leaving';
    if (!isLoopback(this.config.STRIDE_HOST)) await delay(NOTICE_MS);
    this.phase = 'closing';
    this.follower.interruptAll();
    this.live.interruptAll();
    this.policySessions.closeAll();
    this.waiters.abandonAll();
    const server = this.adapterHost.httpAdapter.getHttpServer();
    // Node closes the connections that are idle when the server closes, not those that become idle after
    // that.
    setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS).unref();
    setTimeout(() => server.closeAllConnections(), FINISH_MS).unref();
  }

  /** Refuses what comes over connections that stay open. */
  refuseWhileClosing(): Middleware {
    return (_request, _response, next) => {
      if (this.phase !== 'closing') next();
      else
        next(new HttpProblem('shutting_down', 'this process is shutting down', { headers: { Connection: 'close' } }));
    };
  }
}
