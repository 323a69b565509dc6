import type { ErrorExplanation } from './error-explanation.js';

/** Refusals of a request for what it is, or for who sends it. */
export const REQUEST_ERRORS = {
  bad_request: {
    status: 400,
    means: 'The request is not well-formed HTTP, or its body ended early.',
    remedy: 'Compare the request with its description at /docs, and send it again.',
  },
  invalid_cursor: {
    status: 400,
    means: 'The cursor of a list or of an event stream is none that the service gave out.',
    remedy: 'Start again without it, or use nextCursor of the last page as it is.',
  },
  invalid_id: {
    status: 400,
    means: 'An id, a name or another part of the path is not well-formed.',
    remedy: 'Copy the id as the service gave it, or look it up: `stride jobs list`, `stride models list`.',
  },
  invalid_idempotency_key: {
    status: 400,
    means: 'The header Idempotency-Key is empty, too long or holds characters that it must not.',
    remedy: 'Use 1 to 255 visible ASCII characters, for example a UUID.',
  },
  invalid_json: {
    status: 400,
    means: 'The body is not JSON in UTF-8, is empty, names a member twice, or is nested too deep.',
    remedy: 'Write the body as one JSON object; detail says what is wrong where.',
  },
  key_expired: {
    status: 401,
    means: 'The API key has expired, or was rotated and its overlap is over.',
    remedy: 'Ask whoever gave it out for the new one: `stride keys rotate ID` makes it.',
  },
  key_revoked: {
    status: 401,
    means: 'The API key was revoked.',
    remedy: 'Ask an administrator for another key: `stride keys create NAME`.',
  },
  unauthorized: {
    status: 401,
    means: 'The service asks for an API key, and there is none, or one that nobody gave out.',
    remedy: 'Send the header `Authorization: Bearer KEY`; for the command line set STRIDE_API_KEY or --api-key-file.',
  },
  forbidden_origin: {
    status: 403,
    means: "The request names a host or an origin that is not the service's own; a web page may have sent it.",
    remedy: 'Use the address that the service listens on, or name yours in STRIDE_PUBLIC_URL or STRIDE_ALLOWED_HOSTS.',
  },
  forbidden_scope: {
    status: 403,
    means: 'The API key lacks the scope that this operation needs.',
    remedy: 'Use a key with the scope that detail names: `stride keys create NAME --scopes SCOPE`.',
  },
  not_found: {
    status: 404,
    means: 'There is no such route, or no such object that this key may see.',
    remedy:
      'Check the id and the path; a job that ended may be gone, soon on a busy service (`STRIDE_KEPT_RESULTS`): `stride jobs list`.',
  },
  method_not_allowed: {
    status: 405,
    means: 'The path takes other methods only.',
    remedy: 'Use a method that the header Allow names.',
  },
  not_acceptable: {
    status: 406,
    means: 'The answer cannot be had in any form that Accept names.',
    remedy: 'Ask for a form that detail names, or leave Accept out.',
  },
  request_timeout: {
    status: 408,
    means: 'The headers or the body did not arrive in time: 30 s for JSON, 64 KiB/s for uploads.',
    remedy: 'Send the request again over a faster connection.',
  },
  name_taken: {
    status: 409,
    means: 'Another owner has a model or a dataset of this name.',
    remedy: 'Choose another name.',
  },
  payload_too_large: {
    status: 413,
    means: 'The body is larger than the operation takes: 1 MiB for JSON.',
    remedy: 'Upload large tensors as artifacts and refer to them; split a batch into smaller ones.',
  },
  unsupported_encoding: {
    status: 415,
    means: 'The body is compressed in a way that the operation does not take.',
    remedy: 'Send the body without Content-Encoding.',
  },
  unsupported_media_type: {
    status: 415,
    means: 'Content-Type is not what the operation takes.',
    remedy: 'Send the Content-Type that detail names: application/json, or application/octet-stream for uploads.',
  },
  idempotency_key_reused: {
    status: 422,
    means: 'An earlier request with this Idempotency-Key was a different one.',
    remedy: 'Use a new key for each new request, and the same one only for a repeat.',
  },
  invalid_message: {
    means: 'A frame of the policy socket is not MessagePack with the arrays that its protocol has.',
    remedy: 'Send frames as the client of the protocol packs them: docs/policy-socket.md names the fields.',
  },
  unknown_field: {
    status: 422,
    means: 'The request has a member that the operation does not know.',
    remedy: 'Remove or correct the fields that errors names; /docs lists all fields.',
  },
  validation_failed: {
    status: 422,
    means: 'A field has a value that is not allowed; errors names each of them.',
    remedy: 'Correct the fields that errors names: each message says what is allowed there.',
  },
  quota_exceeded: {
    status: 429,
    means: 'A limit of the key is used up: row-steps, queued jobs or stored bytes.',
    remedy:
      'Wait as long as Retry-After says, delete what is not needed, or have the limits raised: `stride keys limit ID`.',
  },
  rate_limited: {
    status: 429,
    means: 'The key has sent more requests in this second than it may.',
    remedy: 'Wait as long as Retry-After says, and send fewer requests at once.',
  },
  headers_too_large: {
    status: 431,
    means: 'The headers are larger than 16 KiB.',
    remedy: 'Send fewer or shorter headers; a long value belongs into the body.',
  },
} as const satisfies Record<string, ErrorExplanation>;
