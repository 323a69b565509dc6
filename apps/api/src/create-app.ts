import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HttpMetrics } from '#metrics';
import { TlsFiles, Tracing } from '#server';
import { KeyRing } from './access/key-ring.js';
import { loadApiConfig } from './api-config.js';
import { AppModule } from './app.module.js';
import { StrideFastifyAdapter } from './http/adapter/fastify-adapter.js';
import { logRequests } from './http/observe/log-requests.js';
import { measureRequests } from './http/observe/measure-requests.js';
import { RequestGate } from './http/request-gate.js';
import { identifyRequest } from './http/request-id.js';
import { traceRequests } from './http/observe/trace-requests.js';
import { refuseMalformed } from './http/well-formed-request.js';
import { secureAnswers } from './http/security-headers.js';
import { refuseForeignOrigins } from './network/foreign-origins.js';
import { ManagementPort } from './network/management-port.js';
import { openAddress } from './network/open-address.js';
import { separatePorts } from './network/separate-ports.js';
import { strictTransport } from './network/strict-transport.js';
import { PolicyPort } from './policies/policy-port.js';
import { serveDashboard } from './service/dashboard/dashboard.js';
import { Shutdown } from './service/lifecycle/shutdown.js';
import { serveDocs } from './openapi/docs.js';
import { serveQueueBoard } from './service/queue-board/queue-board.js';

/** The application with everything that stands before its routes; not listening yet. */
export async function createApp(logger: LoggerService): Promise<NestFastifyApplication> {
  const config = loadApiConfig();
  const adapter = new StrideFastifyAdapter({ tls: TlsFiles.open(config), hops: config.STRIDE_TRUST_PROXY });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
    logger,
    // Routes that take a body read it themselves, with their own limits.
    bodyParser: false,
    abortOnError: false,
  });
  const keys = app.get(KeyRing);
  adapter.before(
    identifyRequest,
    measureRequests(app.get(HttpMetrics), adapter.routes),
    ...traceRequests(app.get(Tracing), adapter.routes),
    ...(config.STRIDE_ACCESS_LOG ? [logRequests(adapter.routes)] : []),
    secureAnswers,
    strictTransport(config.STRIDE_TRUST_PROXY),
    refuseForeignOrigins(config, openAddress(config, keys)),
    separatePorts(app.get(ManagementPort), keys),
    app.get(PolicyPort).keepToPolicies(),
    refuseMalformed,
    app.get(Shutdown).refuseWhileClosing(),
    app.get(RequestGate).admit(),
  );
  adapter.atConnection(() => app.get(RequestGate).connected());
  serveDocs(app);
  serveQueueBoard(app);
  serveDashboard(app);
  return app;
}
