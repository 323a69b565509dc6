import type { OpenAPIObject } from '@nestjs/swagger';
import { explanationOf, InferenceError, Problem, type ProblemCode } from '#contract';
import { z } from 'zod';
import { isOpenInference } from '../http/error-answer.js';
import { convertSchema } from './convert-schema.js';
import { operationsOf, type Operation } from './operations.js';
import { REFUSES_EXTENSION } from './refuses.js';
import { headers, type ResponseHeader } from './response-headers.js';
import { needsKey } from './security.js';

const EVERYWHERE: readonly ProblemCode[] = [
  'bad_request',
  'forbidden_origin',
  'request_timeout',
  'headers_too_large',
  'internal_error',
  'overloaded',
  'shutting_down',
];
const WITH_KEY: readonly ProblemCode[] = [
  'unauthorized',
  'key_expired',
  'key_revoked',
  'forbidden_scope',
  'rate_limited',
  'queue_unavailable',
];
const WITH_QUERY: readonly ProblemCode[] = ['validation_failed', 'unknown_field'];
const WITH_BODY: readonly ProblemCode[] = ['unsupported_media_type', 'unsupported_encoding', 'payload_too_large'];
const WITH_JSON: readonly ProblemCode[] = [...WITH_BODY, ...WITH_QUERY, 'invalid_json'];
const WITH_BYTES: readonly ProblemCode[] = [
  ...WITH_BODY,
  'digest_mismatch',
  'quota_exceeded',
  'artifact_store_error',
  'storage_full',
];

const HEADERS_OF: Readonly<Record<number, readonly ResponseHeader[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  429: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  503: ['Retry-After'],
};

/** What a refusal is, by the form of its body. */
const FORMS = {
  Problem: { schema: Problem, type: 'application/problem+json' },
  InferenceError: { schema: InferenceError, type: 'application/json' },
};

/** Writes out with which codes each operation refuses, by status; any other refusal has the same form. */
export function describeRefusals(document: OpenAPIObject): void {
  for (const form of FORM_NAMES) addForm(document, form);
  const shared = new SharedRefusals();
  for (const { path, operation } of operationsOf(document)) {
    const form = isOpenInference(path) ? 'InferenceError' : 'Problem';
    const codes = codesOf(operation);
    Reflect.deleteProperty(operation, REFUSES_EXTENSION);
    for (const [status, refused] of byStatus(codes))
      operation.responses[status] ??= shared.reference(form, status, refused);
    operation.responses['default'] = { $ref: `#/components/responses/${form}` };
  }
  document.components = {
    ...document.components,
    responses: { ...document.components?.responses, ...Object.fromEntries(shared.responses) },
  };
}

/** Operations that refuse with the same codes share the response that says so. */
class SharedRefusals {
  readonly responses = new Map<string, ReturnType<typeof refusal>>();
  readonly #names = new Map<string, string>();

  reference(form: Form, status: number, codes: readonly ProblemCode[]): { readonly $ref: string } {
    const key = `${form} ${codes.join(' ')}`;
    const name = this.#names.get(key) ?? this.#freeName(`${form}${status}`);
    this.#names.set(key, name);
    this.responses.set(name, refusal(form, status, codes));
    return { $ref: `#/components/responses/${name}` };
  }

  #freeName(base: string, number = 1): string {
    const name = number === 1 ? base : `${base}_${number}`;
    return this.responses.has(name) ? this.#freeName(base, number + 1) : name;
  }
}

type Form = keyof typeof FORMS;
const FORM_NAMES = ['Problem', 'InferenceError'] as const satisfies readonly Form[];

function addForm(document: OpenAPIObject, form: Form): void {
  const { schemas } = convertSchema(z.strictObject({ body: FORMS[form].schema }), 'output');
  const description = 'Any other refusal; `code` says why.';
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...schemas },
    responses: {
      ...document.components?.responses,
      [form]: { description, headers: headers('X-Request-Id'), content: contentOf(form) },
    },
  };
}

function contentOf(form: Form) {
  return { [FORMS[form].type]: { schema: { $ref: `#/components/schemas/${form}` } } };
}

function codesOf(operation: Operation): ProblemCode[] {
  const own: readonly ProblemCode[] = Reflect.get(operation, REFUSES_EXTENSION) ?? [];
  const places = (operation.parameters ?? []).map((parameter) => ('in' in parameter ? parameter.in : ''));
  const body = operation.requestBody !== undefined && 'content' in operation.requestBody && operation.requestBody;
  const codes = [
    ...EVERYWHERE,
    ...(needsKey(operation) ? WITH_KEY : []),
    ...(places.includes('path') ? (['invalid_id'] as const) : []),
    ...(places.includes('query') ? WITH_QUERY : []),
    ...(body === false ? [] : 'application/octet-stream' in body.content ? WITH_BYTES : WITH_JSON),
    ...own,
  ];
  return [...new Set(codes)].sort();
}

function byStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const statuses = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const status = explanationOf(code)?.status;
    if (status === undefined) throw new TypeError(`${code} ends jobs and refuses no request`);
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return statuses;
}

function refusal(form: Form, status: number, codes: readonly ProblemCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${explanationOf(code)?.means ?? ''}`).join('\n\n'),
    headers: headers('X-Request-Id', ...(HEADERS_OF[status] ?? [])),
    content: contentOf(form),
  };
}
