import fc from 'fast-check';
import { InputError } from '#ddim';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import type { NamedTypedTensor } from './tensor.js';

/**
 * What `safetensors.numpy.save(tensors, {"stride": '{"format":1}'})` of Python's safetensors 0.8.0 wrote for
 * `pythonTensors`.
 */
const pythonFile = Buffer.from(
  '0AEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJzdHJpZGUiOiJ7XCJmb3JtYXRcIjoxfSJ9LCJjb3VudCI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbXSwiZGF0YV9v' +
    'ZmZzZXRzIjpbMCw4XX0sImRvdWJsZSI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMSwxXSwiZGF0YV9vZmZzZXRzIjpbOCwxNl19LCJ3ZWlnaHRzIjp7ImR0eXBl' +
    'IjoiRjMyIiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOlsxNiwzMl19LCLDpHBmZWwiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzAsM10sImRhdGFfb2Zm' +
    'c2V0cyI6WzMyLDMyXX0sImhhbGYiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlszMiwzOF19LCJieXRlcyI6eyJkdHlwZSI6IlU4' +
    'Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzgsNDFdfSwiZmxhZ3MiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNDEs' +
    'NDRdfX0gIAcAAAAAAAAAmpmZmZmZuT8AAMA/AAAQwM3MzD3msWF/ADwAuP97AP8HAQAB',
  'base64',
);
const pythonTensors: readonly NamedTypedTensor[] = [
  { name: 'weights', dtype: 'float32', shape: [2, 2], data: Float32Array.of(1.5, -2.25, 0.1, 3e38) },
  { name: 'flags', dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  { name: 'count', dtype: 'int64', shape: [], data: BigInt64Array.of(7n) },
  { name: 'half', dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0xb800, 0x7bff) },
  { name: 'double', dtype: 'float64', shape: [1, 1], data: Float64Array.of(0.1) },
  { name: 'äpfel', dtype: 'int32', shape: [0, 3], data: new Int32Array(0) },
  { name: 'bytes', dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 255, 7) },
];
const pythonMetadata = { stride: '{"format":1}' };

describe('encodeSafetensors', () => {
  it('writes the bytes that the Python library writes', () => {
    expect(Buffer.from(encodeSafetensors(pythonTensors, pythonMetadata)).toString('base64')).toBe(
      pythonFile.toString('base64'),
    );
  });

  it('takes tensors without dtype as float32', () => {
    const encoded = encodeSafetensors([{ name: 'a', shape: [2], data: Float32Array.of(1, 2) }]);
    expect(decodeSafetensors(encoded).tensors.get('a')).toEqual({
      name: 'a',
      dtype: 'float32',
      shape: [2],
      data: Float32Array.of(1, 2),
    });
  });

  it('refuses data that do not fill their shape, and a name that comes twice', () => {
    const tensor = { name: 'a', shape: [2], data: new Float32Array(3) };
    expect(() => encodeSafetensors([tensor])).toThrow(/a \[2\] needs 2 elements, got 3/);
    const twice = { ...tensor, shape: [3] };
    expect(() => encodeSafetensors([twice, twice])).toThrow(/tensor a comes twice/);
  });
});

describe('decodeSafetensors', () => {
  it('reads what the Python library writes', () => {
    const { tensors, metadata } = decodeSafetensors(pythonFile);
    expect(metadata).toEqual(pythonMetadata);
    expect(tensors.size).toBe(pythonTensors.length);
    for (const tensor of pythonTensors) expect(tensors.get(tensor.name)).toEqual(tensor);
  });

  it('reads the same from bytes at any alignment, and shares memory where it can', () => {
    const encoded = encodeSafetensors(pythonTensors);
    for (let offset = 0; offset < 8; offset++) {
      const shifted = new Uint8Array(encoded.length + offset).subarray(offset);
      shifted.set(encoded);
      const { tensors } = decodeSafetensors(shifted);
      for (const tensor of pythonTensors) expect(tensors.get(tensor.name)).toEqual(tensor);
    }
    expect(decodeSafetensors(encoded).tensors.get('weights')?.data.buffer).toBe(encoded.buffer);
  });

  it('accepts a header without metadata, in any order, with spaces, and tensors without elements', () => {
    const header = ' {}   '.trimStart();
    expect(decodeSafetensors(file(header, 0)).tensors.size).toBe(0);
    const reordered = { b: entry('U8', [2], 1, 3), e: entry('F32', [0], 1, 1), a: entry('U8', [1], 0, 1) };
    expect([...decodeSafetensors(file(reordered, 3)).tensors.keys()]).toEqual(['b', 'e', 'a']);
  });

  it('keeps names such as __proto__ to themselves', () => {
    const header = `{"__proto__":${JSON.stringify(entry('U8', [1], 0, 1))},"__metadata__":{"__proto__":"x"}}`;
    const { tensors, metadata } = decodeSafetensors(file(header, 1));
    expect(tensors.get('__proto__')?.shape).toEqual([1]);
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each(Object.entries(malformedFiles()))('refuses a file with %s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'invalid_safetensors' }));
    expect(() => decodeSafetensors(bytes)).toThrow(InputError);
  });

  it('refuses more than 4,096 tensors, also when their header is too long to be parsed', () => {
    for (const count of [4_097, 100_000]) {
      const names = Array.from({ length: count }, (_, i) => [`t${i}`, entry('U8', [0], 0, 0)]);
      expect(() => decodeSafetensors(file(Object.fromEntries(names), 0))).toThrow(
        expect.objectContaining({ code: 'too_many_tensors' }),
      );
    }
  });

  it('refuses dtypes it cannot compute with, by name', () => {
    expect(() => decodeSafetensors(file({ a: entry('C64', [1], 0, 8) }, 8))).toThrow(
      expect.objectContaining({ code: 'unsupported_dtype', message: expect.stringContaining('C64') }),
    );
  });

  it('leaves nothing but an InputError when bytes change, and memory bounded', () => {
    const bytes = encodeSafetensors(pythonTensors, pythonMetadata);
    const before = process.memoryUsage();
    fc.assert(
      fc.property(mutations(bytes.length), (edits) => expectInputErrorOnly(mutate(bytes, edits))),
      { numRuns: 3_000, seed: 46 },
    );
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 1_048_576);
  });
});

function expectInputErrorOnly(bytes: Uint8Array): void {
  try {
    decodeSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
  }
}

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

function mutations(length: number): fc.Arbitrary<readonly Edit[]> {
  const interesting = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '-1', '1e99', 'null', '\\u0000', '\xff');
  const insert = fc.oneof(
    fc.uint8Array({ maxLength: 9 }),
    interesting.map((text) => new Uint8Array(Buffer.from(text, 'latin1'))),
  );
  return fc.array(fc.record({ at: fc.nat(length), remove: fc.nat(9), insert }), { minLength: 1, maxLength: 4 });
}

function mutate(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  return edits.reduce<Uint8Array>(
    (all, { at, remove, insert }) => Buffer.concat([all.subarray(0, at), insert, all.subarray(at + remove)]),
    bytes,
  );
}

function entry(dtype: string, shape: readonly number[], begin: number, end: number): object {
  return { dtype, shape, data_offsets: [begin, end] };
}

/** A file with this header (JSON, or text as it is) and zeros as data. */
function file(header: object | string, dataBytes: number, length?: bigint): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([prefix, text, Buffer.alloc(dataBytes)]);
}

function malformedFiles(): Record<string, Uint8Array> {
  const good = { a: entry('F32', [2], 0, 8) };
  const withEntry = (value: unknown) => file({ a: value }, 8);
  return {
    'no bytes': new Uint8Array(0),
    'seven bytes': new Uint8Array(7),
    'a header of length 0': file('', 8, 0n),
    'a header of 2^63 bytes': file(good, 8, 2n ** 63n),
    'a header of 2^64 - 1 bytes': file(good, 8, 2n ** 64n - 1n),
    'a header one byte longer than the file': file('{}', 0, 3n),
    'a header above 1 MiB': file({ __metadata__: { a: 'x'.repeat(1_048_576) } }, 0),
    'a header that is cut': file('{"a":{"dtype":"F32"', 8),
    'a header that is no JSON': file('{a: 1}', 8),
    'a header that is a list': file('[]', 0),
    'a header that is null': file('null', 0),
    'a header after a space': file(' {}', 0),
    'a header after a byte order mark': file('\ufeff{}', 0),
    'a header in broken UTF-8': brokenUtf8(),
    'a header of nested brackets': file(`{"a":${'['.repeat(100_000)}`, 0),
    'the same name twice': file(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    ),
    'the same field twice': file('{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
    'an entry that is no object': withEntry(7),
    'an entry that is null': withEntry(null),
    'an entry without dtype': withEntry({ shape: [2], data_offsets: [0, 8] }),
    'an unknown dtype': withEntry(entry('F7', [2], 0, 8)),
    'a dtype that is a number': withEntry({ ...good.a, dtype: 32 }),
    'an entry without shape': withEntry({ dtype: 'F32', data_offsets: [0, 8] }),
    'a negative size': withEntry(entry('F32', [-2], 0, 8)),
    'a fractional size': withEntry(entry('F32', [2.5], 0, 8)),
    'a size as text': withEntry({ ...good.a, shape: ['2'] }),
    'a product beyond 2^64': withEntry(entry('F32', [2 ** 33, 2 ** 33], 0, 8)),
    'a product of 2^64 + 2, which wraps to 2': withEntry(entry('F32', [2, 2 ** 31 + 1, 2 ** 32], 0, 8)),
    'huge sizes hidden behind a 0': file({ a: entry('F32', [0, 2 ** 52, 2 ** 52], 0, 0) }, 0),
    '33 dimensions': withEntry(entry('F32', [...Array.from({ length: 32 }, () => 1), 2], 0, 8)),
    'no offsets': withEntry({ dtype: 'F32', shape: [2] }),
    'three offsets': withEntry({ ...good.a, data_offsets: [0, 8, 8] }),
    'offsets that run backwards': withEntry(entry('F32', [2], 8, 0)),
    'offsets below 0': withEntry(entry('F32', [2], -8, 0)),
    'offsets of 1e308': withEntry(entry('F32', [2], 0, 1e308)),
    'offsets that do not fit the shape': withEntry(entry('F32', [1], 0, 8)),
    'an unknown field': withEntry({ ...good.a, stride: [1] }),
    'data past the end': file(good, 7),
    'data left over': file(good, 9),
    'a hole at the start': file({ a: entry('U8', [1], 1, 2) }, 2),
    'a hole between tensors': file({ a: entry('U8', [1], 0, 1), b: entry('U8', [1], 2, 3) }, 3),
    'an overlap': file({ a: entry('U8', [2], 0, 2), b: entry('U8', [2], 1, 3) }, 3),
    'the same bytes twice': file({ a: entry('U8', [2], 0, 2), b: entry('U8', [2], 0, 2) }, 2),
    'a name of 257 bytes': file({ ['x'.repeat(257)]: entry('U8', [1], 0, 1) }, 1),
    'metadata that are no object': file({ __metadata__: 'x' }, 0),
    'metadata that are no strings': file({ __metadata__: { a: 1 } }, 0),
  };
}

function brokenUtf8(): Uint8Array {
  const bytes = file({ x: entry('U8', [1], 0, 1) }, 1);
  bytes[bytes.indexOf(0x78)] = 0xff;
  return bytes;
}
