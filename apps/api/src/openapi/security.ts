import type { OpenAPIObject } from '@nestjs/swagger';
import { ACCESS_EXTENSION, type Access } from '../access/needs.js';
import { PAGE_HEADER, READING, SECURE_SESSION_COOKIE, SESSION_COOKIE } from '../access/page-cookie.js';
import { operationsOf, type Operation } from './operations.js';

const API_KEY = 'apiKey';
const SESSION = 'pageSession';
const PAGE = 'page';

/** What somebody shows who reads by the login of the dashboard, and who changes something by it. */
export const BY_SESSION = { [SESSION]: [] };
export const BY_SESSION_OF_PAGE = { [SESSION]: [], [PAGE]: [] };
/** What a login itself shows. */
export const BY_PAGE = { [PAGE]: [] };

const SCHEMES = {
  [API_KEY]: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'stride_…',
    description:
      'An API key. A service that has no keys listens on loopback alone and asks nobody for one; docs/security.md says more.',
  },
  [SESSION]: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: `The login of the dashboard, on the management port alone. By TLS its name is \`${SECURE_SESSION_COOKIE}\`.`,
  },
  [PAGE]: {
    type: 'apiKey',
    in: 'header',
    name: PAGE_HEADER,
    description:
      'Any value. What changes something by the cookie needs it: no page of another origin can send it (CSRF).',
  },
} as const;

/** Writes out what each operation asks of its callers: the scheme, and the scope in its description. */
export function describeAccess(document: OpenAPIObject): void {
  document.components = { ...document.components, securitySchemes: { ...SCHEMES } };
  for (const { method, operation } of operationsOf(document)) {
    const access = accessTo(operation);
    Reflect.deleteProperty(operation, ACCESS_EXTENSION);
    if (access !== 'nothing') {
      const bySession = READING.has(method.toUpperCase()) ? BY_SESSION : BY_SESSION_OF_PAGE;
      operation.security = [{ [API_KEY]: [] }, bySession];
    }
    operation.security ??= []; // the logins themselves say what they look at
    operation.description = [operation.description, sentence(access)].filter(Boolean).join(' ');
  }
}

/** Whether an operation asks for a key. */
export function needsKey({ security }: Operation): boolean {
  return security?.some((way) => API_KEY in way) ?? false;
}

function accessTo(operation: Operation): Access {
  const access: Access | undefined = Reflect.get(operation, ACCESS_EXTENSION);
  if (access === undefined) throw new TypeError(`${operation.operationId} does not say who may use it`);
  return access;
}

function sentence(access: Access): string {
  return access === 'nothing' ? 'Needs no key.' : `Needs a key with the scope \`${access.scope}\`.`;
}
