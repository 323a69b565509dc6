import 'reflect-metadata';
import { createServer, type RequestListener } from 'node:http';
import type { Server } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { Engine } from '#engine';
import { bootstrap, endProcess, listeningUrl } from '#server';
import { LifecycleService, SHUTDOWN_MS } from './process/lifecycle.service.js';
import { metricsUrl } from './process/metrics-url.js';
import { loadWorkerConfig } from './process/worker.config.js';
import { WorkerModule } from './worker.module.js';

await bootstrap({
  role: 'worker',
  shutdownMs: SHUTDOWN_MS,
  exit: endProcess,
  start: async (logger) => {
    const config = loadWorkerConfig();
    const adapter = new FastifyAdapter({
      // with the time limits of Node, where Fastify has none
      serverFactory: (route: RequestListener) => createServer(route),
      routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
      skipMiddie: true,
    });
    const app = await NestFactory.create(WorkerModule.forRoot(config), adapter, { logger });
    await app.listen(config.STRIDE_METRICS_PORT, config.STRIDE_METRICS_HOST ?? config.STRIDE_HOST);
    const server: Server = app.getHttpServer();
    await app.get(LifecycleService).start(() => metricsUrl(server, app.get(Redis), config));
    const { kind, provider } = app.get(Engine).info;
    return {
      app,
      ready: { metrics: listeningUrl(server, '/metrics'), queues: config.STRIDE_QUEUES, backend: kind, provider },
    };
  },
});
