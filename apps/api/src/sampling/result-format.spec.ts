import { describe, expect, it } from 'vitest';
import { decodeNpy, decodeSafetensors } from '#storage';
import { formatResult, RESULT_TYPES, type ResultTensor } from './result-format.js';

const values = Float32Array.of(1, -0.5, 3.25, 1e-20, 5, -6);
/** Small buffers lie in a pool that they share: nothing may read from its beginning. */
const bytes = Buffer.from(Buffer.from(values.buffer).toString('base64'), 'base64');
const result: ResultTensor = { shape: [1, 3, 2], bytes, sha256: 'a'.repeat(64) };

describe('a result', () => {
  it.each(RESULT_TYPES)('holds the same numbers as %s', (type) => {
    const body = formatResult(result, type);
    expect([...numbersOf(body, type)]).toEqual([...values]);
  });

  it('is nested rows, steps and dimensions in JSON', () => {
    expect(JSON.parse(String(formatResult(result, 'application/json')))).toEqual([
      [
        [1, -0.5],
        [3.25, Math.fround(1e-20)],
        [5, -6],
      ],
    ]);
  });
});

function numbersOf(body: string | Uint8Array, type: (typeof RESULT_TYPES)[number]): Iterable<number | bigint> {
  if (typeof body === 'string') {
    const parsed: unknown = JSON.parse(body);
    if (Array.isArray(parsed)) return parsed.flat(3);
    const { data } = parsed as { data: string };
    return new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
  }
  return type === 'application/x-npy'
    ? decodeNpy(body).data
    : (decodeSafetensors(body).tensors.get('actions')?.data ?? []);
}
