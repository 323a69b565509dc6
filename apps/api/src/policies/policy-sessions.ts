import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { PolicySessionInfo } from '#contract';
import { PolicyMetrics } from '#metrics';
import { SessionHeartbeats } from '#queue';
import { HttpProblem } from '../http/problem.js';
import type { PolicySession } from './policy-session.js';

const LOOK_MS = 1_000;
const MAX_SESSIONS = 1_024;
/** "Service restart": clients connect again. */
const SERVICE_RESTART = 1012;

/** The sessions that are open in this process, which shows them to the other processes. */
@Injectable()
export class PolicySessions implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly open = new Set<PolicySession>();
  private isClosing = false;
  private timer: NodeJS.Timeout | undefined;

  private readonly id = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  private isShown = false;

  constructor(
    private readonly metrics: PolicyMetrics,
    private readonly heartbeats: SessionHeartbeats,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      for (const session of this.open) session.lookAfter().catch(() => undefined); // Redis is away
      this.show().catch(() => undefined);
    }, LOOK_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    if (this.isShown) await this.heartbeats.remove(this.id).catch(() => undefined);
  }

  /** Those of every process, oldest first; of another one as they were up to a second ago. */
  async all(): Promise<PolicySessionInfo[]> {
    const shown = await this.heartbeats.list();
    const elsewhere = shown.filter(({ id }) => id !== this.id).flatMap(({ sessions }) => sessions);
    return [...elsewhere, ...this.views()].sort(
      (left, right) => left.startedAt.localeCompare(right.startedAt) || left.id.localeCompare(right.id),
    );
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

  private views(): PolicySessionInfo[] {
    return [...this.open].map((session) => session.view(this.id));
  }

  private async show(): Promise<void> {
    const sessions = this.views();
    if (sessions.length > 0) await this.heartbeats.write({ id: this.id, sessions });
    else if (this.isShown) await this.heartbeats.remove(this.id);
    this.isShown = sessions.length > 0;
  }

  /** Ends all of them, and lets no new one in. */
  closeAll(): void {
    this.isClosing = true;
    for (const session of this.open) session.close(SERVICE_RESTART, 'service restart');
  }
}
