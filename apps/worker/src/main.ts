import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Engine } from '#engine';
import { bootstrap, endProcess, listeningUrl } from '#server';
import { LifecycleService, SHUTDOWN_MS } from './process/lifecycle.service.js';
import { loadWorkerConfig } from './process/worker.config.js';
import { WorkerModule } from './worker.module.js';

await bootstrap({
  role: 'worker',
  shutdownMs: SHUTDOWN_MS,
  exit: endProcess,
  start: async (logger) => {
    const config = loadWorkerConfig();
    const app = await NestFactory.create(WorkerModule.forRoot(config), { logger });
    await app.listen(config.STRIDE_METRICS_PORT, config.STRIDE_HOST);
    const metrics = listeningUrl(app, '/metrics');
    await app.get(LifecycleService).start(metrics);
    const { kind, provider } = app.get(Engine).info;
    return { app, ready: { metrics, queues: config.STRIDE_QUEUES, backend: kind, provider } };
  },
});
