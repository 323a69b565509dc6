import type { EncodedTensor, PolicyInterface } from '#contract';
import { InputError } from '#ddim';
import { numbersIn, type Message } from '#storage';
import { fieldProblem } from '../http/problem.js';

/** What the one array of an observation is called where the version's record names no keys. */
const USUAL_KEYS = ['observation', 'observations', 'state', 'observation/state'];
/** Keys that are the protocols' own. */
const RESERVED = new Set(['endpoint', 'session_id', 'stride']);

/**
 * The numbers of an observation as a tensor [1, obsSize].
 * @throws HttpProblem or InputError naming the key at fault
 */
export function readObservation(
  message: Message,
  { observationKeys, unknownKeys }: PolicyInterface,
  obsSize: number,
): EncodedTensor | undefined {
  const keys = observationKeys ?? USUAL_KEYS.filter((key) => message.has(key)).slice(0, 1);
  if (unknownKeys === 'refuse') refuseUnknown(message, keys);
  if (obsSize === 0) return undefined;
  if (keys.length === 0) throw fieldProblem('observation', `expected an array under one of ${USUAL_KEYS.join(', ')}`);
  const parts = keys.map((key) => {
    if (!message.has(key)) throw fieldProblem(key, 'required by the policy, and missing');
    return numbersIn(message.get(key), key);
  });
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  if (size !== obsSize) {
    const sizes = keys.map((key, index) => `${key} ${parts[index]?.length}`).join(', ');
    throw new InputError('shape_mismatch', `expected ${obsSize} numbers of observation, got ${size} (${sizes})`, {
      field: keys[0],
    });
  }
  const data = Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
  return { shape: [1, obsSize], dtype: 'float32', data: data.toString('base64') };
}

function refuseUnknown(message: Message, keys: readonly string[]): void {
  const unknown = [...message.keys()].filter((key) => !keys.includes(key) && !RESERVED.has(key));
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 10).map((key) => JSON.stringify(key.slice(0, 100)));
  throw fieldProblem(
    unknown[0]?.slice(0, 100) ?? '',
    `not a key of this policy, got ${names.join(', ')}`,
    'unknown_field',
  );
}
