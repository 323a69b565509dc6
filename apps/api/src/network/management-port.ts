import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { listeningUrl } from '#server';
import { LISTEN_BACKLOG } from '../http/adapter/limited-server.js';
import { KeyRing } from '../access/key-ring.js';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { adapterOf } from '../http/adapter/fastify-adapter.js';
import { isLoopback } from '../http/loopback.js';

const LOOK_MS = 1_000;

const arrivals = new WeakSet<IncomingMessage>();

/** Whether a request came by the management port. */
export function cameByManagement(request: IncomingMessage): boolean {
  return arrivals.has(request);
}

/**
 * The second port of this process, for operators: as soon as requests need a key, or where the configuration
 * names one. Until then everything is on one port.
 */
@Injectable()
export class ManagementPort implements OnApplicationShutdown {
  private readonly logger = new Logger(ManagementPort.name);
  private server: Server | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly adapterHost: HttpAdapterHost,
    private readonly keys: KeyRing,
  ) {}

  /** Whether what belongs to operators is on a port of its own. */
  get isApart(): boolean {
    return this.config.STRIDE_MANAGEMENT_PORT !== undefined || this.keys.isOn;
  }

  /**
   * Whether the dashboard and what it asks are there: with keys, or where only this machine comes. Without
   * keys other machines get no more than metrics and health.
   */
  get hasPage(): boolean {
    return this.keys.isOn || isLoopback(this.config.STRIDE_MANAGEMENT_HOST);
  }

  /** Where it listens, if it does. */
  get url(): string | undefined {
    return this.server === undefined ? undefined : listeningUrl(this.server);
  }

  /** Opens it now, or when there is a first key. */
  async start(): Promise<void> {
    if (this.isApart) return this.listen();
    this.timer = setInterval(() => {
      if (!this.isApart) return;
      clearInterval(this.timer);
      this.listen().catch((error: unknown) => this.logger.error(`no management port: ${String(error)}`));
    }, LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async listen(): Promise<void> {
    const server = adapterOf(this.adapterHost).openDoor((request) => arrivals.add(request));
    const { STRIDE_MANAGEMENT_PORT: port = 0, STRIDE_MANAGEMENT_HOST: host } = this.config;
    server.listen({ port, host, backlog: LISTEN_BACKLOG });
    await once(server, 'listening');
    this.server = server;
    this.logger.log(`dashboard, metrics, queue board and details of health are at ${this.url}`);
  }
}
