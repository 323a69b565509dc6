/**
 * Thrown when the service refuses a request or cannot be reached; `code` is the problem's own, or
 * `unreachable`.
 */
export class StrideError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StrideError';
  }

  /** From the body of a refusal: a problem of the service, or whatever a proxy in between has to say. */
  static fromBody(body: unknown, status: number): StrideError {
    if (isProblem(body)) return new StrideError(body.code, body.detail, status);
    return new StrideError('unexpected_answer', `the service answered ${status}`, status);
  }
}

function isProblem(body: unknown): body is { code: string; detail: string } {
  if (typeof body !== 'object' || body === null || !('code' in body) || !('detail' in body)) return false;
  return typeof body.code === 'string' && typeof body.detail === 'string';
}
