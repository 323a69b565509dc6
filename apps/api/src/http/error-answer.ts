import { HttpException, Logger } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ReplyError } from 'ioredis';
import { DdimError, InputError } from '#ddim';
import { isConnectionError, OutcomeUnknownError, QueueUnavailableError } from '#queue';
import { discardBody } from './body/discard-body.js';
import { HttpProblem } from './problem.js';
import { fromRedis } from './redis-refusal.js';
import { requestId } from './request-id.js';
import { decodedPathOf } from './request-path.js';

const logger = new Logger('http');
const OPEN_INFERENCE = /^\/v2(?:\/|$)/i;

/** A refusal as its client reads it. */
interface ErrorBody {
  readonly type: string;
  readonly text: string;
}

/** Whether refusals at a path are those of the Open Inference Protocol: one text. */
export function isOpenInference(path: string): boolean {
  return OPEN_INFERENCE.test(path);
}

/** Answers a request with what went wrong. What is not understood is a 500 whose cause stays in the log. */
export function answerError(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  answerProblem(toProblem(error), error, { request, response });
}

/** Answers a request with a problem, whose cause goes to the log. */
export function answerProblem(
  problem: HttpProblem,
  cause: unknown,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const id = requestId(response);
  log(problem, cause, id);
  if (response.headersSent || response.destroyed) {
    // Half an answer cannot become another one: cut it, so that the client notices.
    response.destroy();
    return;
  }
  // first: once the answer is out, Node would discard a body that nobody reads, without a limit
  discardBody(request);
  const { type, text } = errorBody(problem, decodedPathOf(request), id);
  response.removeHeader('ETag');
  response.writeHead(problem.status, {
    ...problem.headers,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The body of a refusal in the form that the clients of its path know. @param path decoded */
function errorBody(problem: HttpProblem, path: string, id: string): ErrorBody {
  if (isOpenInference(path))
    return { type: 'application/json', text: JSON.stringify({ error: `${problem.code}: ${problem.message}` }) };
  const text = JSON.stringify({ ...problem.body(), requestId: id });
  return { type: 'application/problem+json; charset=utf-8', text };
}

/**
 * Each refusal is found in the log under its requestId: a client's fault in short, and one of ours with its
 * cause.
 */
function log({ status, code, message, cause }: HttpProblem, error: unknown, id: string): void {
  const line = { requestId: id, status, code, message };
  if (status === 500) logger.error({ ...line, message: describe(error) });
  else if (status > 500) logger.warn(cause === undefined ? line : { ...line, message: describe(cause) });
  else logger.log(line);
}

/** An error as the problem that a client sees. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof OutcomeUnknownError) return new HttpProblem(error.code, error.message, { cause: error });
  if (error instanceof QueueUnavailableError || isConnectionError(error)) {
    return new HttpProblem('queue_unavailable', 'the queue cannot be reached, nothing was accepted; try again', {
      cause: error,
    });
  }
  if (error instanceof InputError) {
    const errors = error.field === undefined ? undefined : [{ path: error.field, message: error.message }];
    return new HttpProblem(error.code, error.message, { cause: error, errors });
  }
  if (error instanceof DdimError) return new HttpProblem(error.code, error.message, { cause: error });
  if (error instanceof Error && error instanceof ReplyError) return fromRedis(error);
  if (error instanceof HttpException) return fromStatus(error.getStatus(), error);
  return fromStatus(statusOf(error), error);
}

function fromStatus(status: number, cause: unknown): HttpProblem {
  switch (status) {
    case 400:
      // Express could not percent-decode the path.
      return new HttpProblem('invalid_id', 'the path is not well-formed', { cause });
    case 404:
      return new HttpProblem('not_found', 'not found', { cause });
    case 406:
      return new HttpProblem('not_acceptable', 'not acceptable', { cause });
    case 413:
      return new HttpProblem('payload_too_large', 'the body is too large', { cause });
    case 503:
      return new HttpProblem('queue_unavailable', 'not ready', { cause });
    default:
      return status < 500
        ? new HttpProblem('bad_request', 'the request is not valid', { cause })
        : new HttpProblem('internal_error', 'an internal error; the log has more under this requestId', { cause });
  }
}

/** Express middleware marks its own refusals (a malformed path, a range) with a status. */
function statusOf(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
