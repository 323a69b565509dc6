import type { OpenAPIObject } from '@nestjs/swagger';

const text = { type: 'string' } as const;
const seconds = { type: 'integer', minimum: 0 } as const;

/** Every header of an answer that a client may want to read. */
const RESPONSE_HEADERS = {
  'X-Request-Id': { description: 'Id of the request: the one that it came with, or a new one', schema: text },
  Location: { description: 'Address of the job: absolute where the service has a public URL', schema: text },
  'Idempotency-Replayed': {
    description: '`true` where an earlier request with the same Idempotency-Key made the job',
    schema: text,
  },
  'Preference-Applied': { description: 'What was followed of the header Prefer', schema: text },
  ETag: { description: 'The hash of the bytes; If-None-Match with it is answered by 304', schema: text },
  'Cache-Control': { description: 'How long the answer may be kept, and by whom', schema: text },
  'Content-Disposition': { description: 'Name of the file', schema: text },
  'Inference-Header-Content-Length': {
    description: 'Length of the JSON in bytes, where bytes of tensors follow it',
    schema: text,
  },
  'RateLimit-Policy': {
    description: 'Limits of the key: q requests or row-steps in w seconds; absent where it has none',
    schema: text,
  },
  RateLimit: { description: 'What is left of each limit of the key: r within the next t seconds', schema: text },
  'Retry-After': { description: 'Seconds after which the request may be sent again', schema: seconds },
  'WWW-Authenticate': { description: 'How to authenticate, and the scope that is missing', schema: text },
} as const;

export type ResponseHeader = keyof typeof RESPONSE_HEADERS;

/** The answer to whoever has the bytes already. */
export const NOT_MODIFIED = { status: 304, description: 'The bytes are those that If-None-Match names' } as const;

/** References to headers of an answer, as its `headers`. */
export function headers(...names: readonly ResponseHeader[]): Record<string, { readonly $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Makes the headers components of a document. */
export function addHeaders(document: OpenAPIObject): void {
  document.components = { ...document.components, headers: { ...RESPONSE_HEADERS } };
}
