import { createHash } from 'node:crypto';
import { encodeNpy } from '#storage';
import { sendRaw } from '../raw-http.js';
import { artifact, dataset, head, pairs, type BadInput } from './bad-input.js';

const npy = encodeNpy({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
const npyWith = (header: string, data: number) => {
  const padded = header.padEnd(118 - 10 - 1) + '\n';
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([1, 0, padded.length & 255, padded.length >> 8]),
    Buffer.from(padded),
    Buffer.alloc(data),
  ]);
};
const typed = (descr: string, shape: string) => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
const safetensorsWith = (headerText: string, declared = BigInt(headerText.length), data = 16) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared);
  return Buffer.concat([length, Buffer.from(headerText), Buffer.alloc(data)]);
};

export const uploads: readonly BadInput[] = [
  ['nothing', artifact(''), 422, 'unsupported_format'],
  [
    'npy of version 9.9',
    artifact(Buffer.concat([npy.subarray(0, 6), Buffer.from([9, 9]), npy.subarray(8)])),
    422,
    'invalid_npy',
  ],
  ['npy whose header holds code', artifact(npyWith(`__import__('os')`, 16)), 422, 'invalid_npy'],
  ['npy with a negative size', artifact(npyWith(typed('<f4', '(-1,)'), 16)), 422, 'invalid_npy'],
  ...['|O', '<U8', '|V2', '<c16'].map((dtype): BadInput => [
    `npy of dtype ${dtype}`,
    artifact(npyWith(typed(dtype, '(2,)'), 16)),
    422,
    'unsupported_dtype',
  ]),
  ['npy that lies about its size', artifact(npyWith(typed('<f4', '(65536, 65536)'), 16)), 422, 'size_mismatch'],
  ['npy one byte short', artifact(npy.subarray(0, -1)), 422, 'size_mismatch'],
  ['safetensors with a header of 2^63', artifact(safetensorsWith('{}', 2n ** 63n)), 422, 'invalid_safetensors'],
  [
    'safetensors with offsets past the end',
    artifact(safetensorsWith('{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}')),
    422,
    'invalid_safetensors',
  ],
  ['safetensors with two tensors', artifact(pairs([2, 1], [2, 1, 1])), 422, 'unsupported_format'],
  ['a pickle', artifact(Buffer.from('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.')), 422, 'unsupported_format'],
  ['a GIF', artifact('GIF89a................'), 422, 'unsupported_format'],
  ['HTML', artifact('<!doctype html><html></html>'), 422, 'unsupported_format'],
  [
    'another digest',
    artifact(npy, { 'content-digest': `sha-256=:${createHash('sha256').digest('base64')}:` }),
    422,
    'digest_mismatch',
  ],
  ['a digest that cannot be read', artifact(npy, { 'content-digest': 'md5=x' }), 400, 'bad_request'],
  [
    'more than 64 MiB by its own account',
    (api) =>
      sendRaw(
        api.url,
        head('PUT', '/v1/artifacts', 'Content-Type: application/octet-stream', 'Content-Length: 70000000'),
        'x',
      ),
    413,
    'payload_too_large',
  ],
  ['an empty dataset', dataset(''), 422, 'dataset_invalid'],
  ['a dataset of one row', dataset(pairs([1, 3], [1, 4, 2])), 422, 'dataset_invalid'],
  ['a dataset whose counts differ', dataset(pairs([4, 3], [5, 4, 2])), 422, 'dataset_invalid'],
  ['a dataset without actions', dataset(npy), 422, 'dataset_invalid'],
  ['a dataset that is a GIF', dataset('GIF89a................'), 422, 'unsupported_format'],
];
