import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { InputError } from '#ddim';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from './npy.js';
import { decodeNpz } from './npz.js';
import { overlappingZip, zip } from '../../testing/zip.js';

/**
 * What numpy.savez_compressed of NumPy 2.4.6 wrote for observations = eye(2, 3, float32), actions =
 * arange(8.0) as [2,2,2].
 */
const numpyFile = Buffer.from(
  'UEsDBC0AAAAIAAAAIQAicTP6//////////8QABQAb2JzZXJ2YXRpb25zLm5weQEAEACYAAAAAAAAAE8AAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNmoq6j' +
    'oJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKxpo6CrUKZAMuBoYGewYUAOEDAFBLAwQtAAAACAAAACEALHIr7f//////////CwAUAGFjdGlvbnMubnB5' +
    'AQAQAMAAAAAAAAAAXAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgogpKmjUKtAHuBiQAEf' +
    '7KEMBwjFAaUFoLQIlJaA0jIOAFBLAQItAy0AAAAIAAAAIQAicTP6TwAAAJgAAAAQAAAAAAAAAAAAAACAAQAAAABvYnNlcnZhdGlvbnMubnB5UEsBAi0DLQAAAAgA' +
    'AAAhACxyK+1cAAAAwAAAAAsAAAAAAAAAAAAAAIABkQAAAGFjdGlvbnMubnB5UEsFBgAAAAACAAIAdwAAACoBAAAAAA==',
  'base64',
);
const small = encodeNpy({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) });

describe('decodeNpz', () => {
  it('reads what NumPy writes', async () => {
    const arrays = await decodeNpz(numpyFile);
    expect(arrays.get('observations')).toEqual({
      dtype: 'float32',
      shape: [2, 3],
      data: Float32Array.of(1, 0, 0, 0, 1, 0),
    });
    expect(arrays.get('actions')?.data).toEqual(Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  });

  it.each([0, 6] as const)(
    'reads what another writer writes, at compression level %i, with a comment behind it',
    async (level) => {
      const file = Buffer.from(zipSync({ 'a.npy': small, 'b.npy': small }, { level }));
      file.writeUInt16LE(7, file.length - 2);
      const arrays = await decodeNpz(Buffer.concat([file, Buffer.from('comment')]));
      expect([...arrays.keys()]).toEqual(['a', 'b']);
      expect(arrays.get('b')?.data).toEqual(Float32Array.of(1, 2, 3));
    },
  );

  it('accepts constant arrays, which compress better than 100 to 1', async () => {
    const zeros = encodeNpy({ dtype: 'float32', shape: [1_000_000], data: new Float32Array(1_000_000) });
    const file = zipSync({ 'zeros.npy': zeros });
    expect(zeros.length / file.length).toBeGreaterThan(100);
    expect((await decodeNpz(file)).get('zeros')?.shape).toEqual([1_000_000]);
  });

  it('refuses a bomb by what it declares, before anything is inflated', async () => {
    // 4 GiB less one byte of zeros would deflate to about this many bytes.
    const bomb = zip([{ name: 'a.npy', compressed: Buffer.alloc(42_000), size: 2 ** 32 - 1 }]);
    await expect(decodeNpz(bomb)).rejects.toMatchObject({ code: 'decompressed_too_large' });
  });

  it('refuses a bomb that lies, while it is inflated', async () => {
    const compressed = deflateRawSync(Buffer.alloc(40_000_000), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    await expect(decodeNpz(zip([{ name: 'a.npy', compressed, size: 1000 }]))).rejects.toMatchObject({
      code: 'decompressed_too_large',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
  });

  it('counts all entries together', async () => {
    const compressed = deflateRawSync(Buffer.alloc(10_000_000));
    const entries = ['a.npy', 'b.npy'].map((name) => ({ name, compressed, size: 10_000_000 }));
    await expect(decodeNpz(zip(entries))).rejects.toMatchObject({ code: 'decompressed_too_large' });
  });

  it.each(Object.entries(malformedFiles()))('refuses %s', async (_, bytes) => {
    await expect(decodeNpz(bytes)).rejects.toMatchObject({ code: 'invalid_zip' });
    await expect(decodeNpz(bytes)).rejects.toBeInstanceOf(InputError);
  });

  it.each([
    '../../x.npy',
    '/etc/x.npy',
    'a\\b.npy',
    'a\0.npy',
    'ä.npy',
    `${'x'.repeat(129)}.npy`.replace('x', '.'),
    '',
    'a//b.npy',
  ])('refuses the name %j', async (name) => {
    await expect(decodeNpz(zip([{ name, compressed: small }]))).rejects.toMatchObject({ code: 'invalid_zip_name' });
  });

  it('refuses an entry that runs into the directory', async () => {
    const longer = {
      name: 'a.npy',
      compressed: small,
      method: 0,
      size: small.length + 1,
      compressedSize: small.length + 1,
    };
    await expect(decodeNpz(zip([longer]))).rejects.toThrow(/entries that end before the directory/);
  });

  it('says that an archive of something else is something else', async () => {
    const checkpoint = zipSync({ 'archive/data.pkl': strToU8('\x80\x02}.'), 'archive/version': strToU8('3') });
    await expect(decodeNpz(checkpoint)).rejects.toMatchObject({ code: 'unsupported_format' });
  });

  it('says what is wrong with an array inside', async () => {
    await expect(decodeNpz(zipSync({ 'a.npy': strToU8('no array') }))).rejects.toMatchObject({ code: 'invalid_npy' });
  });

  it('leaves nothing but an InputError when bytes change', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(numpyFile.length),
        fc.nat(4),
        fc.uint8Array({ maxLength: 4 }),
        async (at, remove, insert) => {
          const mutated = Buffer.concat([numpyFile.subarray(0, at), insert, numpyFile.subarray(at + remove)]);
          const outcome = await decodeNpz(mutated).catch((error: unknown) => error);
          expect(outcome instanceof Map || outcome instanceof InputError).toBe(true);
        },
      ),
      { numRuns: 1_500, seed: 49 },
    );
  });
});

function malformedFiles(): Record<string, Uint8Array> {
  const good = Buffer.from(zipSync({ 'a.npy': small }));
  const entry = { name: 'a.npy', compressed: deflateRawSync(small), size: small.length };
  const stored = { name: 'a.npy', compressed: small, method: 0 };
  const patched = (find: number, offset: number, value: number) => {
    const copy = Buffer.from(good);
    copy[copy.lastIndexOf(Buffer.of(0x50, 0x4b, find, find + 1)) + offset] ^= value;
    return copy;
  };
  return {
    'no directory': good.subarray(0, good.length - 22),
    'an archive that is cut': good.subarray(0, good.length - 1),
    'bytes after the end': Buffer.concat([good, Buffer.of(0)]),
    'a wrong checksum': zip([{ ...entry, crc: 1 }]),
    'a stored entry with a wrong checksum': zip([{ ...stored, crc: 1 }]),
    'a stored entry of two sizes': zip([{ ...stored, size: small.length + 1 }]),
    'an entry that is shorter than declared': zip([{ ...entry, size: small.length + 1 }]),
    'an entry that is no deflate stream': zip([{ ...entry, compressed: Buffer.alloc(50, 0xff) }]),
    'an encrypted entry': zip([{ ...entry, flags: 1 }]),
    'another compression method': zip([{ ...entry, method: 9 }]),
    'the same name twice': zip([stored, stored]),
    'entries that share their bytes': zip([entry, { ...entry, name: 'b.npy', localName: 'a.npy', localOffset: 0 }]),
    'entries that overlap': overlappingZip(small),
    '65 entries': zip(Array.from({ length: 65 }, (_, i) => ({ ...entry, name: `${i}.npy` }))),
    '100,000 entries': zip([entry], { count: 0xffff }),
    'more entries than the directory holds': zip([entry], { count: 2 }),
    'fewer entries than the directory holds': zip([entry, { ...entry, name: 'b.npy' }], { count: 1 }),
    'bytes between the entries and the end': Buffer.concat([
      good.subarray(0, -22),
      Buffer.alloc(4),
      good.subarray(-22),
    ]),
    'a directory that begins elsewhere': zip([entry], { start: 0 }),
    'a directory beyond the file': zip([entry], { start: 0xffffffff }),
    'a local header beyond the file': zip([{ ...entry, localOffset: 0xffffffff }]),
    'a local header that is none': zip([{ ...entry, localOffset: 1 }]),
    'two names for one entry': zip([{ ...entry, localName: 'b.npy' }]),
    'several disks': patched(0x05, 4, 1),
    'a damaged directory': patched(0x01, 0, 1),
  };
}
