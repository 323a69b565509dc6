import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGuard } from '../../access/access.guard.js';
import { KeyRing } from '../../access/key-ring.js';
import { API_CONFIG, type ApiConfig } from '../../api-config.js';
import { answerError } from '../../http/error-answer.js';
import { inOrder, type Middleware } from '../../http/middleware.js';
import { boardAccess } from '../../network/board-access.js';
import { HttpProblem } from '../../http/problem.js';
import { QueueShards } from '../../queue/queue-shards.js';

const PATH = '/queues';

/** Serves the queue browser, to look only: its retry would run jobs outside the rules of this service. */
export function serveQueueBoard(app: NestFastifyApplication): void {
  const shards = app.get(QueueShards);
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  const options = { uiConfig: { boardTitle: 'Stride' } };
  const queues = shards.all.flatMap((connection, shard) =>
    Object.values(connection.queues).map(
      ({ queue }) => new BullMQAdapter(queue, { readOnlyMode: true, prefix: shard === 0 ? '' : `shard-${shard}-` }),
    ),
  );
  createBullBoard({ queues, serverAdapter, options });
  const look = inOrder(
    [
      boardAccess(app.get<ApiConfig>(API_CONFIG), app.get(KeyRing), app.get(AccessGuard)),
      requireLook,
      requireReady(shards),
    ],
    answerError,
  );
  app
    .getHttpAdapter()
    .getInstance()
    .register(
      (board, _options, done) => {
        // Bound to the routes of the board, and to what it does not have.
        board.addHook('onRequest', (request, reply, next) => {
          const { raw } = reply;
          look(request.raw, raw, next);
        });
        board.setNotFoundHandler((request, reply) =>
          answerError(
            new HttpProblem('not_found', 'there is no such route; see /docs'),
            request.raw,
            reply.hijack().raw,
          ),
        );
        board.register(serverAdapter.registerPlugin());
        done();
      },
      { prefix: PATH },
    );
}

/** The board reads bodies without a time limit, and none of what it shows needs one. */
const requireLook: Middleware = (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  next(new HttpProblem('method_not_allowed', 'use GET here', { headers: { Allow: 'GET, HEAD' } }));
};

/** The board would answer 500 while a shard is away. */
function requireReady(shards: QueueShards): Middleware {
  return (_request, _response, next) => {
    shards.requireReady();
    next();
  };
}
