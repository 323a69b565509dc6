import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PolicyMetrics } from '#metrics';
import { WebSocketServer, type WebSocket } from 'ws';
import { KeyRing } from '../access/key-ring.js';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { answerProblem, toProblem } from '../http/error-answer.js';
import type { Middleware } from '../http/middleware.js';
import { identifyRequest } from '../http/request-id.js';
import { refuseForeignOrigins } from '../network/foreign-origins.js';
import { openAddress } from '../network/open-address.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import type { Dialect } from './dialect.js';
import { OpenpiDialect } from './openpi-dialect.js';
import { policyAddress, querySettings, type PolicyAddress } from './policy-address.js';
import { interfaceOf, roboArenaView } from './policy-description.js';
import { PolicyPlanner } from './policy-planner.js';
import { PolicySession } from './policy-session.js';
import { PolicySessions } from './policy-sessions.js';
import { sessionMetadata } from './session-metadata.js';
import { SessionMemory } from './session-memory.js';
import { SessionTally } from './session-tally.js';
import { VlaEvalDialect } from './vla-eval-dialect.js';

/** Some images that the policy ignores; more would be somebody's mistake. */
const MAX_FRAME_BYTES = 8 * 1_024 ** 2;
const MAX_FRAGMENTS = 1_024;
/** A host that is gone is found out by its silence, while nothing is sent to it. */
const KEEP_ALIVE_MS = 15_000;

/** A request to upgrade, and the server where it came. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly server: Server;
}

/** A connection that is let in. */
interface Opening {
  readonly handshake: IncomingMessage;
  readonly memory: SessionMemory;
  readonly address: PolicyAddress;
  readonly owner: string;
}

/**
 * Lets WebSockets in at the paths of policies; every other request to upgrade is answered as if it asked for
 * none.
 */
@Injectable()
export class PolicyUpgrade implements OnApplicationBootstrap {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    maxFragments: MAX_FRAGMENTS,
  });
  private readonly refuseForeign: Middleware;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly adapterHost: HttpAdapterHost,
    private readonly models: ModelCatalog,
    private readonly planner: PolicyPlanner,
    private readonly sessions: PolicySessions,
    private readonly metrics: PolicyMetrics,
    keys: KeyRing,
  ) {
    this.refuseForeign = refuseForeignOrigins(config, openAddress(config, keys));
  }

  onApplicationBootstrap(): void {
    this.letIn(this.adapterHost.httpAdapter.getHttpServer());
  }

  /** Lets the WebSockets of one more server in. */
  letIn(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.upgrade({ request, socket, head, server }).catch((error: unknown) => {
        this.refuse(error, request, socket);
      });
    });
  }

  private async upgrade(arrival: Arrival): Promise<void> {
    const { request, socket, head } = arrival;
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    const address = isWebSocket ? policyAddress(request, this.config.STRIDE_POLICY) : undefined;
    if (address === undefined) return withoutUpgrade(arrival);
    this.sessions.requireRoom();
    this.refuseForeign(request, new ServerResponse(request), (error) => {
      if (error !== undefined) throw error;
    });
    const settings = querySettings(request);
    const caller = await this.planner.callerOf(request);
    const record = await this.models.resolveFor(caller, address.model);
    const memory = new SessionMemory(record, interfaceOf(record), settings);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.open(webSocket, { handshake: request, memory, address, owner: caller.owner }),
    );
  }

  private open(socket: WebSocket, { handshake, memory, address, owner }: Opening): void {
    if (handshake.socket instanceof Socket) handshake.socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
    const { planner, metrics } = this;
    const dialect = dialectOf(address, memory);
    const tally = new SessionTally({ memory, owner, protocol: address.protocol }, metrics);
    const session = new PolicySession({ socket, handshake, dialect, memory, planner, tally });
    socket.once('close', () => this.sessions.remove(session));
    this.sessions.add(session);
  }

  private refuse(error: unknown, request: IncomingMessage, socket: Duplex): void {
    const problem = toProblem(error);
    this.metrics.sessionRefused(problem.status);
    if (!(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.end());
    identifyRequest(request, response, () => undefined);
    answerProblem(problem, error, { request, response });
  }
}

function dialectOf({ protocol }: PolicyAddress, memory: SessionMemory): Dialect {
  const metadata = sessionMetadata(memory, MAX_FRAME_BYTES);
  if (protocol === 'vla-eval') return new VlaEvalDialect({ capabilities: {}, ...metadata }, memory.settings.chunk_size);
  const { actionSpace } = memory.policy;
  return new OpenpiDialect(actionSpace === undefined ? metadata : roboArenaView(actionSpace));
}

/** Node has let go of the connection; the server takes it back with the same request, but for the upgrade. */
function withoutUpgrade({ request, socket, head, server }: Arrival): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!/^(?:upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${rawHeaders[i + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  // A server with TLS would begin a handshake inside the connection.
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}
