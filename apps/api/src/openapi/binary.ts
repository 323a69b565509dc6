/** Raw bytes, in the terms of OpenAPI. */
export const BINARY = { type: 'string', format: 'binary' } as const;
