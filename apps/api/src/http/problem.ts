import type { Problem } from '#contract';

/** HTTP status of every error code this API can answer with; a refusal whose code is not listed is a 422. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  bad_request: 400,
  invalid_cursor: 400,
  invalid_id: 400,
  invalid_idempotency_key: 400,
  invalid_json: 400,
  key_expired: 401,
  key_revoked: 401,
  unauthorized: 401,
  forbidden_origin: 403,
  forbidden_scope: 403,
  artifact_not_found: 404,
  dataset_not_found: 404,
  model_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  checkpoint_mismatch: 409,
  conflict: 409,
  name_taken: 409,
  job_cancelled: 409,
  job_failed: 409,
  job_finished: 409,
  job_not_finished: 409,
  model_not_ready: 409,
  version_in_use: 409,
  webhook_secret_exists: 409,
  webhook_secret_missing: 409,
  result_expired: 410,
  decompressed_too_large: 413,
  payload_too_large: 413,
  unsupported_encoding: 415,
  unsupported_media_type: 415,
  quota_exceeded: 429,
  rate_limited: 429,
  too_many_deliveries: 429,
  headers_too_large: 431,
  internal_error: 500,
  artifact_missing: 503,
  artifact_store_error: 503,
  outcome_unknown: 503,
  overloaded: 503,
  queue_full: 503,
  queue_unavailable: 503,
  shutting_down: 503,
  storage_full: 503,
};

const MAX_RETRY_SECONDS = 4;

/** One wrong field of a request; `path` is dotted, with array positions as numbers. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

interface ProblemOptions {
  readonly errors?: readonly FieldError[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The body of an `application/problem+json` answer (RFC 9457), but for the id of the request. */
type ProblemBody = Omit<Problem, 'requestId'>;

/** Thrown wherever a request is refused; the code alone decides the status. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: string,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'HttpProblem';
    this.status = STATUS_BY_CODE[code] ?? 422;
    this.errors = options.errors;
    this.headers = this.status === 503 ? { 'Retry-After': retryAfter(), ...options.headers } : { ...options.headers };
  }

  body(): ProblemBody {
    return {
      type: `urn:stride:problem:${this.code}`,
      title: titleOf(this.code),
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors === undefined ? {} : { errors: [...this.errors] }),
    };
  }
}

/** RFC 9110: a client that must come back must know when. Not all at the same moment. */
function retryAfter(): string {
  return String(1 + Math.floor(Math.random() * MAX_RETRY_SECONDS));
}

/** A 422 that names the one field at fault. */
export function fieldProblem(path: string, message: string, code = 'validation_failed'): HttpProblem {
  return new HttpProblem(code, path === '' ? message : `${path}: ${message}`, { errors: [{ path, message }] });
}

function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
