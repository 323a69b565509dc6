import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { PolicyMetrics } from '#metrics';
import { HttpProblem } from '../http/problem.js';
import type { PolicySession } from './policy-session.js';

const LOOK_MS = 1_000;
const MAX_SESSIONS = 1_024;
/** "Service restart": clients connect again. */
const SERVICE_RESTART = 1012;

/** The sessions that are open in this process. */
@Injectable()
export class PolicySessions implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly open = new Set<PolicySession>();
  private isClosing = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly metrics: PolicyMetrics) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      for (const session of this.open) session.lookAfter().catch(() => undefined); // Redis is away
    }, LOOK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @throws HttpProblem `shutting_down` or `overloaded` */
  requireRoom(): void {
    if (this.isClosing) throw new HttpProblem('shutting_down', 'this process is shutting down');
    if (this.open.size >= MAX_SESSIONS)
      throw new HttpProblem('overloaded', `this process has ${MAX_SESSIONS} sessions, and takes no more`);
  }

  add(session: PolicySession): void {
    this.open.add(session);
    this.metrics.sessions(this.open.size);
    if (this.isClosing) session.close(SERVICE_RESTART, 'service restart');
  }

  remove(session: PolicySession): void {
    this.open.delete(session);
    this.metrics.sessions(this.open.size);
  }

  /** Ends all of them, and lets no new one in. */
  closeAll(): void {
    this.isClosing = true;
    for (const session of this.open) session.close(SERVICE_RESTART, 'service restart');
  }
}
