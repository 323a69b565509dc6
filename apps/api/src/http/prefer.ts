import { HttpProblem } from './problem.js';
import { remembered } from './remembered.js';

const MAX_WAIT_SECONDS = 60;

/**
 * How numbers are written in an answer: base64 takes a third of the bytes of nested arrays, and a tenth of
 * the time.
 */
export type TensorEncoding = 'nested' | 'base64';

/** What a `Prefer` header asks for. */
interface Preferences {
  /** At most 60, also a fraction; 0 when the client does not wait. */
  readonly waitSeconds: number;
  readonly tensors: TensorEncoding;
}

/**
 * The preferences `wait=SECONDS` (RFC 7240) and `tensors=base64` of a `Prefer` header.
 * One that cannot be understood is ignored, as the RFC asks, and is not in `Preference-Applied`; of two alike
 * the first counts. The RFC knows whole seconds alone: up to three decimals are an extension, for those who
 * wait 50 ms and not a second.
 */
export function parsePreferences(header = ''): Preferences {
  return preferencesIn(header);
}

const preferencesIn = remembered((header: string): Preferences => {
  const values = new Map<string, string>();
  for (const preference of header.split(',')) {
    const match = /^\s*(wait|tensors)\s*=\s*"?([\w.]{1,10})"?\s*(;.*)?$/i.exec(preference);
    if (match) values.set(match[1].toLowerCase(), values.get(match[1].toLowerCase()) ?? match[2]);
  }
  const wait = values.get('wait') ?? '';
  return {
    waitSeconds: /^\d{1,6}(\.\d{1,3})?$/.test(wait) ? Math.min(Number(wait), MAX_WAIT_SECONDS) : 0,
    tensors: values.get('tensors') === 'base64' ? 'base64' : 'nested',
  };
});

/**
 * The client's Idempotency-Key, or undefined.
 * @throws HttpProblem `invalid_idempotency_key` unless it is 1 to 255 visible ASCII characters
 */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new HttpProblem('invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 visible ASCII characters');
  }
  return header;
}
