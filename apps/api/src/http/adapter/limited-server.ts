import { createServer, STATUS_CODES, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { TlsFiles } from '#server';
import { HttpProblem } from '../problem.js';
import { newRequestId, REQUEST_ID_HEADER } from '../request-id.js';

const logger = new Logger('http');
const MAX_HEADER_BYTES = 16 * 1_024;
const HEADERS_TIMEOUT_MS = 10_000;
// Longer than clients and load balancers keep idle connections: whoever closes first must not be the server.
const KEEP_ALIVE_MS = 65_000;
// More than event streams and waiting clients need; whoever opens them without end must not take the
// descriptors of files.
const MAX_CONNECTIONS = 8_192;
/**
 * Connections that wait while this process is busy, as far as the system allows. With Node's 511 a crowd that
 * comes at once finds some of its connections reset.
 */
export const LISTEN_BACKLOG = 4_096;

/**
 * A server with our limits, whose refusals below the routes are problems too; with TLS where there are
 * certificates.
 */
export function limitedServer(tls: TlsFiles | undefined, listener: RequestListener): Server {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // Bodies have their own clocks, because an upload may take longer than a JSON body.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 2_000,
  };
  const server = tls === undefined ? createServer(limits, listener) : serveByTls(tls, limits, listener);
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', answerClientError);
  return server;
}

function serveByTls(tls: TlsFiles, limits: ServerOptions, listener: RequestListener): Server {
  const server = createTlsServer({ ...limits, ...tls.context, handshakeTimeout: HEADERS_TIMEOUT_MS }, listener);
  tls.follow(server);
  return server;
}

/** Node reports what never became a request here, with the bare socket. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isOver = error.code === 'ECONNRESET' || /^ERR_(?:SSL|TLS)_/.test(error.code ?? '');
  if (!socket.writable || isOver) {
    socket.destroy();
    return;
  }
  const problem = clientProblem(error);
  const requestId = newRequestId();
  const { status, code, message } = problem;
  logger.log({ requestId, status, code, message });
  const body = JSON.stringify({ ...problem.body(), requestId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `${REQUEST_ID_HEADER}: ${requestId}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function clientProblem(error: NodeJS.ErrnoException): HttpProblem {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return new HttpProblem('headers_too_large', `the headers are larger than ${MAX_HEADER_BYTES} bytes`);
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpProblem('request_timeout', `the headers did not arrive within ${HEADERS_TIMEOUT_MS / 1_000} s`);
  }
  return new HttpProblem('bad_request', 'this is not a well-formed HTTP/1.1 request', { cause: error });
}
