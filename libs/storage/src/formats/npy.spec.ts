import fc from 'fast-check';
import { InputError } from '#ddim';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.js';
import type { TypedTensor } from './tensor.js';

const tensors: readonly TypedTensor[] = [
  { dtype: 'float32', shape: [1, 3], data: Float32Array.of(1.5, -2.25, 0.1) },
  { dtype: 'float64', shape: [], data: Float64Array.of(3.5) },
  { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xb800) },
  { dtype: 'int32', shape: [0, 2], data: new Int32Array(0) },
  { dtype: 'int64', shape: [2, 1, 1], data: BigInt64Array.of(-1n, 2n ** 62n) },
  { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 1, 255) },
  { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) },
  { dtype: 'int16', shape: [2], data: Int16Array.of(-32_768, 7) },
  { dtype: 'uint16', shape: [2], data: Uint16Array.of(65_535, 7) },
  { dtype: 'uint32', shape: [2], data: Uint32Array.of(2 ** 32 - 1, 7) },
  { dtype: 'uint64', shape: [2], data: BigUint64Array.of(2n ** 64n - 1n, 7n) },
  { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
];

/** Headers that numpy.save of NumPy 2.4.6 wrote. */
const numpyHeaders = [
  `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }`,
  `{'descr': '<f8', 'fortran_order': False, 'shape': (), }`,
  `{'descr': '<i4', 'fortran_order': False, 'shape': (0, 2), }`,
  `{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }`,
  `{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }`,
];

describe('encodeNpy', () => {
  it.each(numpyHeaders)('writes the header that NumPy writes: %s', (written) => {
    const whole = Buffer.from(`\x93NUMPY\x01\x00v\x00${written.padEnd(117)}\n`, 'latin1');
    const tensor = tensors.find(
      (candidate) => written.includes(`(${candidate.shape.join(', ')}`) && sameKind(candidate, written),
    );
    expect(tensor && Buffer.from(encodeNpy(tensor)).subarray(0, 128)).toEqual(whole);
  });

  it('gives back every tensor it wrote, at any alignment', () => {
    for (const tensor of tensors)
      for (const offset of [0, 1, 4]) {
        const file = encodeNpy(tensor);
        const shifted = new Uint8Array(file.length + offset).subarray(offset);
        shifted.set(file);
        expect(decodeNpy(shifted)).toEqual(tensor);
      }
  });

  it('pads the header so that the data begin at a multiple of 64, whatever the shape', () => {
    const shape = Array.from({ length: 32 }, () => 1);
    expect(decodeNpy(encodeNpy({ dtype: 'uint8', shape, data: Uint8Array.of(9) })).shape).toEqual(shape);
  });
});

describe('decodeNpy', () => {
  it.each([
    [2, 4],
    [3, 4],
  ])('reads version %i.0, with a length of %i bytes', (major, lengthBytes) => {
    expect(decodeNpy(npy(header(), 12, { major, lengthBytes })).shape).toEqual([1, 3]);
  });

  it('reads the dictionary in any order, with double quotes and line breaks', () => {
    const text = `{"shape": (1,\n 3),"fortran_order":False , 'descr':'<f4'}   \n`;
    expect(decodeNpy(npy(text, 12)).shape).toEqual([1, 3]);
  });

  it.each(Object.entries(malformedFiles()))('refuses %s', (_, bytes) => {
    expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining({ code: 'invalid_npy' }));
    expect(() => decodeNpy(bytes)).toThrow(InputError);
  });

  it.each([
    ['float64', 'f8', Float64Array.of(1.5, -2.25, 1e300, -0, 5, NaN)],
    ['float32', 'f4', Float32Array.of(1.5, -2.25, 1e30, -0, 5, NaN)],
    ['float16', 'f2', Uint16Array.of(0x3c00, 1, 2, 3, 4, 5)],
    ['int64', 'i8', BigInt64Array.of(1n, -2n, 3n, 2n ** 62n, 5n, 6n)],
    ['int32', 'i4', Int32Array.of(1, -2, 3, 4, 5, 2 ** 30)],
    ['int16', 'i2', Int16Array.of(1, -2, 3, 4, 5, 30_000)],
  ] as const)('reads %s in big-endian and Fortran order, and both together', (dtype, kind, data) => {
    // [2,3] by rows 0 1 2, 3 4 5 lies in Fortran order as 0 3 1 4 2 5.
    const inFortranOrder = new Uint8Array(data.byteLength);
    const itemBytes = data.BYTES_PER_ELEMENT;
    const rows = new Uint8Array(data.buffer);
    for (const [at, from] of [0, 3, 1, 4, 2, 5].entries())
      inFortranOrder.set(rows.subarray(from * itemBytes, (from + 1) * itemBytes), at * itemBytes);
    const swapped = (bytes: Uint8Array) =>
      Uint8Array.from(bytes, (_, i) => bytes[i - (i % itemBytes) + itemBytes - 1 - (i % itemBytes)]);
    const file = (descr: string, order: string, bytes: Uint8Array) =>
      Buffer.concat([npy(header({ descr: `'${descr}'`, order, shape: '(2, 3)' }), 0), bytes]);
    const expected = { dtype, shape: [2, 3], data };
    expect(decodeNpy(file(`>${kind}`, 'False', swapped(rows)))).toEqual(expected);
    expect(decodeNpy(file(`<${kind}`, 'True', inFortranOrder))).toEqual(expected);
    expect(decodeNpy(file(`>${kind}`, 'True', swapped(inFortranOrder)))).toEqual(expected);
  });

  it('reads Fortran order of any number of dimensions, and of bytes', () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
    const at = (i: number, j: number, k: number) => i + 2 * (j + 3 * k);
    const expected = [0, 1].flatMap((i) => [0, 1, 2].flatMap((j) => [0, 1, 2, 3].map((k) => at(i, j, k))));
    const file = Buffer.concat([npy(header({ descr: "'|u1'", order: 'True', shape: '(2, 3, 4)' }), 0), bytes]);
    expect([...decodeNpy(file).data]).toEqual(expected);
    const empty = npy(header({ order: 'True', shape: '(3, 0)' }), 0);
    expect(decodeNpy(empty)).toEqual({ dtype: 'float32', shape: [3, 0], data: new Float32Array(0) });
    expect(decodeNpy(npy(header({ order: 'True', shape: '()' }), 4)).shape).toEqual([]);
  });

  it.each([
    "'|O'",
    "'<U8'",
    "'|f4'",
    "'<c16'",
    "'|S1'",
    "'<i3'",
    "'<u1'",
    "'=f4'",
    "'f4'",
    "''",
    "[('a', '<f4'), ('b', '<i4', (2,))]",
  ])('refuses the dtype %s', (descr) => {
    expect(() => decodeNpy(npy(header({ descr }), 12))).toThrow(expect.objectContaining({ code: 'unsupported_dtype' }));
  });

  it.each([
    ['65536 x 65536 numbers in 80 bytes', '(65536, 65536)', 80],
    ['one byte short', '(1, 3)', 11],
    ['one byte too many', '(1, 3)', 13],
    ['no data', '(1, 3)', 0],
  ])('refuses a size that is a lie: %s', (_, shape, dataBytes) => {
    expect(() => decodeNpy(npy(header({ shape }), dataBytes))).toThrow(
      expect.objectContaining({ code: 'size_mismatch' }),
    );
  });

  it('leaves nothing but an InputError when bytes change', () => {
    const file = encodeNpy(tensors[0]);
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(6), fc.uint8Array({ maxLength: 6 }), (at, remove, insert) => {
        const mutated = Buffer.concat([file.subarray(0, at), insert, file.subarray(at + remove)]);
        try {
          decodeNpy(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 3_000, seed: 47 },
    );
  });

  it('parses any text as a header in a bounded time and without evaluating it', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ',',
      ':',
      "'a'",
      '"',
      '1',
      'True',
      '-',
      ' ',
      'descr',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 400 }), (parts) => {
        try {
          decodeNpy(npy(parts.join(''), 0));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2_000, seed: 48 },
    );
  });
});

function sameKind({ dtype }: TypedTensor, text: string): boolean {
  const kinds = { '<f4': 'float32', '<f8': 'float64', '<i4': 'int32', '|u1': 'uint8', '|b1': 'bool' };
  return Object.entries(kinds).some(([descr, kind]) => text.includes(descr) && kind === dtype);
}

function header(fields: { descr?: string; order?: string; shape?: string } = {}): string {
  const { descr = "'<f4'", order = 'False', shape = '(1, 3)' } = fields;
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
}

function npy(
  text: string,
  dataBytes: number,
  { major = 1, minor = 0, lengthBytes = 2, length = text.length } = {},
): Uint8Array {
  const size = Buffer.alloc(lengthBytes);
  size.writeUIntLE(length, 0, lengthBytes);
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.of(major, minor),
    size,
    Buffer.from(text, 'latin1'),
    Buffer.alloc(dataBytes),
  ]);
}

function malformedFiles(): Record<string, Uint8Array> {
  const shapeOf = (shape: string) => npy(header({ shape }), 12);
  return {
    'no bytes': new Uint8Array(0),
    'the magic alone': Buffer.from('\x93NUMPY', 'latin1'),
    'another magic': Buffer.from('\x93NUMPX\x01\x00\x00\x00', 'latin1'),
    'version 9.9': npy(header(), 12, { major: 9, minor: 9 }),
    'version 0.0': npy(header(), 12, { major: 0 }),
    'version 1.1': npy(header(), 12, { minor: 1 }),
    'a header of 4 GiB': npy(header(), 12, { major: 2, lengthBytes: 4, length: 2 ** 32 - 1 }),
    'a header above 10 kB': npy(header().padEnd(10_001), 12),
    'a header longer than the file': npy(header(), 0, { length: 1000 }),
    'an empty header': npy('', 12),
    'a header that is code': npy(`__import__('os').system('true')`, 12),
    'a call within the header': npy(header({ shape: 'tuple([1, 3])' }), 12),
    'an expression as shape': shapeOf('(1, 3 * 1)'),
    'a missing key': npy(`{'descr': '<f4', 'shape': (1, 3)}`, 12),
    'an extra key': npy(`{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), 'x': 1}`, 12),
    'a key that comes twice': npy(`{'descr': '<f4', 'descr': '<f4', 'shape': (1, 3)}`, 12),
    'text after the dictionary': npy(`${header().trim()} 1`, 12),
    'a dictionary that does not end': npy(header().replace('}', ''), 12),
    'a list as header': npy('[1, 2, 3]', 12),
    'an order that is a number': npy(header({ order: '0' }), 12),
    'a shape that is a number': shapeOf('3'),
    'a shape of text': shapeOf("('1', '3')"),
    'a negative size': shapeOf('(-1,)'),
    'a fractional size': shapeOf('(1.5, 2)'),
    'a long integer of Python 2': shapeOf('(3L,)'),
    'a size of 2^64': shapeOf('(18446744073709551616,)'),
    'a product beyond 2^53': shapeOf('(4294967296, 4294967296)'),
    'huge sizes hidden behind a 0': npy(header({ shape: '(0, 4503599627370496, 4503599627370496)' }), 0),
    '33 dimensions': shapeOf(`(${'1, '.repeat(33)})`),
    'nine levels of brackets': shapeOf('((((((((((1,),),),),),),),),),)'),
    'a string that does not end': npy(header({ descr: "'<f4" }), 12),
  };
}
