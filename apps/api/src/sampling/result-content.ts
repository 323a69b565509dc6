import type { ApiResponseOptions } from '@nestjs/swagger';
import { BINARY } from '../openapi/binary.js';
import type { ResultType } from './result-format.js';

type Content = NonNullable<Extract<ApiResponseOptions, { content?: unknown }>['content']>;

const NESTED = { type: 'array', items: {}, description: 'Nested arrays [rows, horizon, dim]' };

/** What each form of a result is, in the terms of OpenAPI. */
export const RESULT_CONTENT: Record<ResultType, Content[string]> = {
  'application/json': { schema: NESTED },
  'application/vnd.stride.tensor+json': { schema: { $ref: '#/components/schemas/EncodedTensor' } },
  'application/x-npy': { schema: BINARY },
  'application/vnd.safetensors': { schema: BINARY },
};
