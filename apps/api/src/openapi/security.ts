import type { OpenAPIObject } from '@nestjs/swagger';
import { ACCESS_EXTENSION, type Access } from '../access/needs.js';
import { operationsOf, type Operation } from './operations.js';

const API_KEY = 'apiKey';

const SCHEMES = {
  [API_KEY]: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'stride_…',
    description:
      'An API key. A service that has no keys listens on loopback alone and asks nobody for one; docs/security.md says more.',
  },
} as const;

/** Writes out what each operation asks of its callers: the scheme, and the scope in its description. */
export function describeAccess(document: OpenAPIObject): void {
  document.components = { ...document.components, securitySchemes: { ...SCHEMES } };
  for (const { operation } of operationsOf(document)) {
    const access = accessTo(operation);
    Reflect.deleteProperty(operation, ACCESS_EXTENSION);
    operation.security = access === 'nothing' ? [] : [{ [API_KEY]: [] }];
    operation.description = [operation.description, sentence(access)].filter(Boolean).join(' ');
  }
}

/** Whether an operation asks for a key. */
export function needsKey({ security }: Operation): boolean {
  return security !== undefined && security.length > 0;
}

function accessTo(operation: Operation): Access {
  const access: Access | undefined = Reflect.get(operation, ACCESS_EXTENSION);
  if (access === undefined) throw new TypeError(`${operation.operationId} does not say who may use it`);
  return access;
}

function sentence(access: Access): string {
  return access === 'nothing' ? 'Needs no key.' : `Needs a key with the scope \`${access.scope}\`.`;
}
