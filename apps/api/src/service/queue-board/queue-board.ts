import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AccessGuard } from '../../access/access.guard.js';
import { KeyRing } from '../../access/key-ring.js';
import { API_CONFIG, type ApiConfig } from '../../api-config.js';
import { boardAccess } from '../../network/board-access.js';
import { HttpProblem } from '../../http/problem.js';
import { QueueConnection } from '../../queue/queue-connection.js';

const PATH = '/queues';

/** Serves the queue browser, to look only: its retry would run jobs outside the rules of this service. */
export function serveQueueBoard(app: NestExpressApplication): void {
  const connection = app.get(QueueConnection);
  const serverAdapter = new ExpressAdapter();
  serverAdapter.setBasePath(PATH);
  const options = { uiConfig: { boardTitle: 'Stride' } };
  const queues = Object.values(connection.queues).map(({ queue }) => new BullMQAdapter(queue, { readOnlyMode: true }));
  createBullBoard({ queues, serverAdapter, options });
  app.use(
    PATH,
    boardAccess(app.get<ApiConfig>(API_CONFIG), app.get(KeyRing), app.get(AccessGuard)),
    requireLook,
    requireReady(connection),
    serverAdapter.getRouter(),
  );
}

/** The board reads bodies without a time limit, and none of what it shows needs one. */
function requireLook(request: Request, _response: Response, next: NextFunction): void {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  next(new HttpProblem('method_not_allowed', 'use GET here', { headers: { Allow: 'GET, HEAD' } }));
}

/** The board would answer 500 while Redis is away. */
function requireReady(connection: QueueConnection) {
  return (_request: Request, _response: Response, next: NextFunction) => {
    connection.requireReady();
    next();
  };
}
