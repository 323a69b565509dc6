import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadApiConfig } from '../../apps/api/src/api-config.js';
import { declaredSha256 } from '../../apps/api/src/http/content-digest.js';
import { idempotencyKey, parsePreferences } from '../../apps/api/src/http/prefer.js';
import type { Next } from '../../apps/api/src/http/middleware.js';
import { HttpProblem } from '../../apps/api/src/http/problem.js';
import { lastEventId } from '../../apps/api/src/jobs/follow/last-event-id.js';
import { refuseForeignOrigins } from '../../apps/api/src/network/foreign-origins.js';
import { outcomeOf, type FuzzTarget } from '../target.js';

const END = 2n ** 64n;
const checkOrigin = refuseForeignOrigins(loadApiConfig({ STRIDE_TRUST_PROXY: '2' }), () => '127.0.0.1');

/** One header's value, read as each header that the API reads itself. */
export const target: FuzzTarget = {
  seeds: [
    'wait=5, tensors=base64',
    '1700000000000-3',
    'http://localhost:3000',
    'a-key',
    `sha-256=:${'A'.repeat(43)}=:`,
  ].map((text) => Buffer.from(text)),
  dictionary: [
    '18446744073709551616',
    '-',
    'http://',
    '[::1]',
    '%',
    '\u00ec\u00a2\u0097',
    'wait=',
    ';',
    '"',
    '@',
    '127.0.0.1',
  ],
  run: (input) => {
    const value = Buffer.from(input).toString('latin1'); // as Node gives headers
    return [
      () => {
        const { waitSeconds } = parsePreferences(value);
        if (!(waitSeconds >= 0 && waitSeconds <= 60)) throw new Error(`waits ${waitSeconds} s`);
      },
      () => {
        for (const part of lastEventId(value).split('-')) if (BigInt(part) >= END) throw new Error(`takes ${value}`);
      },
      () => void idempotencyKey(value),
      () => void declaredSha256(value),
      () => {
        const next: Next = (error?: unknown) => {
          if (error !== undefined) throw error;
        };
        const headers = { host: 'localhost', 'x-forwarded-host': value, origin: value };
        checkOrigin({ headers } as unknown as IncomingMessage, {} as ServerResponse, next);
      },
    ]
      .map((parse) => outcomeOf(parse, isRefusal))
      .join(' | ');
  },
};

function isRefusal(error: unknown): boolean {
  return error instanceof HttpProblem && error.status < 500;
}
