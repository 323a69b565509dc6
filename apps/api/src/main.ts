import type { INestApplication } from '@nestjs/common';
import { bootstrap, InvalidConfigError, listeningUrl, StartChecks, type JsonLogger } from '#server';
import { KeyRing } from './access/key-ring.js';
import { API_CONFIG, type ApiConfig } from './api-config.js';
import { createApp } from './create-app.js';
import { LISTEN_BACKLOG } from './http/adapter/limited-server.js';
import { ManagementPort } from './network/management-port.js';
import { PolicyPort } from './policies/policy-port.js';
import { QueueShards } from './queue/queue-shards.js';

// Containers are killed 60 s after SIGTERM.
const SHUTDOWN_MS = 55_000;
const REDIS_NOTICE_MS = 2_000;

await bootstrap({ role: 'api', start, shutdownMs: SHUTDOWN_MS });

async function start(logger: JsonLogger) {
  // Nest would name every route and module.
  if (logger.level === 'log') logger.setLogLevels(['warn']);
  const app = await createApp(logger);
  const { STRIDE_HOST, STRIDE_PORT } = app.get<ApiConfig>(API_CONFIG);
  await refuseUnsafeRedis(app);
  await app.get(KeyRing).requireSafeAddress();
  await app.listen({ port: STRIDE_PORT, host: STRIDE_HOST, backlog: LISTEN_BACKLOG });
  const management = app.get(ManagementPort);
  await management.start();
  const policies = app.get(PolicyPort);
  await policies.start();
  logger.setLogLevels([logger.level]);
  return { app, ready: { url: listeningUrl(app.getHttpServer()), management: management.url, policies: policies.url } };
}

/**
 * Ends a process whose Redis could lose jobs. A Redis that is away is no fault: the checks run again when it
 * comes.
 * @throws InvalidConfigError naming the setting
 */
async function refuseUnsafeRedis(app: INestApplication): Promise<void> {
  await app.get(QueueShards).areReadyWithin(REDIS_NOTICE_MS);
  try {
    await app.get(StartChecks).check();
  } catch (error) {
    if (error instanceof InvalidConfigError) throw error;
  }
}
