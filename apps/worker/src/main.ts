import 'reflect-metadata';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Server } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { Engine } from '#engine';
import { bootstrap, endProcess, listeningUrl, TlsFiles } from '#server';
import { chooseBackend } from './process/backend-choice.js';
import { LifecycleService, SHUTDOWN_MS } from './process/lifecycle.service.js';
import { metricsUrl } from './process/metrics-url.js';
import { loadWorkerConfig } from './process/worker.config.js';
import { StandbyModels } from './sampling/standby-models.js';
import { WorkerModule } from './worker.module.js';

// Else V8 takes what jobs are made of for lasting and puts it among the old objects at once, where it keeps
// what belongs to it: each collection of the nursery would copy jobs that ended before.
setFlagsFromString('--no-allocation-site-pretenuring');

await bootstrap({
  role: 'worker',
  shutdownMs: SHUTDOWN_MS,
  exit: endProcess,
  start: async (logger) => {
    const config = loadWorkerConfig();
    const tls = TlsFiles.open(config);
    const choice = await chooseBackend(config);
    const adapter = new FastifyAdapter({
      // with the time limits of Node, where Fastify has none
      serverFactory: (route: RequestListener) => (tls === undefined ? createServer(route) : serveByTls(tls, route)),
      routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
      skipMiddie: true,
    });
    const app = await NestFactory.create(WorkerModule.forRoot(config, choice), adapter, { logger });
    await app.listen(config.STRIDE_METRICS_PORT, config.STRIDE_METRICS_HOST ?? config.STRIDE_HOST);
    const server: Server = app.getHttpServer();
    if (config.STRIDE_QUEUES.includes('sampling')) await app.get(StandbyModels).load();
    await app.get(LifecycleService).start(() => metricsUrl(server, app.get(Redis), config));
    const { kind, provider } = app.get(Engine).info;
    return {
      app,
      ready: { metrics: listeningUrl(server, '/metrics'), queues: config.STRIDE_QUEUES, backend: kind, provider },
    };
  },
});

/** Metrics and health by TLS, with the certificate that the files have. */
function serveByTls(tls: TlsFiles, route: RequestListener): TlsServer {
  const server = createTlsServer(tls.context, route);
  tls.follow(server);
  return server;
}
