import { deflateRawSync } from 'node:zlib';
import { encodeNpy } from '#storage';
import { overlappingZip, zip } from '../../../libs/storage/testing/zip.js';
import { artifact, dataset, type BadInput } from './bad-input.js';

const npy = encodeNpy({ dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) });
const entry = { name: 'observations.npy', compressed: deflateRawSync(npy), size: npy.length };
/** 4 GiB less one byte of zeros would deflate to about this many bytes. */
const bomb = zip([{ name: 'observations.npy', compressed: Buffer.alloc(42_000), size: 2 ** 32 - 1 }]);

const broken: readonly (readonly [what: string, file: Uint8Array])[] = [
  ['with entries that overlap', overlappingZip(npy)],
  ['of 100,000 entries', zip([entry], { count: 0xffff })],
  ['with an encrypted entry', zip([{ ...entry, flags: 1 }])],
  ['with a wrong checksum', zip([{ ...entry, crc: 1 }])],
  ['without a directory', zip([entry]).subarray(0, -22)],
];

/** Artifacts are single arrays and no archives. */
export const archives: readonly BadInput[] = [
  ['npz of 42 kB that holds 4 GB', dataset(bomb), 413, 'decompressed_too_large'],
  ...broken.map(([what, file]): BadInput => [`npz ${what}`, dataset(file), 422, 'invalid_zip']),
  ...['../../x.npy', '/tmp/stride-x.npy', 'a\\b.npy', 'a\0.npy'].map((name): BadInput => [
    `npz with an entry ${JSON.stringify(name)}`,
    dataset(zip([{ ...entry, name }])),
    422,
    'invalid_zip_name',
  ]),
  ['npz as an artifact', artifact(zip([entry])), 422, 'unsupported_format'],
];
