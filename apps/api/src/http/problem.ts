import { explanationOf, type Problem } from '#contract';

const MAX_RETRY_SECONDS = 4;
/** Of codes that no release explains or that usually end jobs: the request's own fault. */
const DEFAULT_STATUS = 422;

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
    this.status = explanationOf(code)?.status ?? DEFAULT_STATUS;
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
