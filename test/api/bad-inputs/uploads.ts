import { createHash } from 'node:crypto';
import { encodeNpy } from '#storage';
import { sendRaw } from '../raw-http.js';
import { protobufField, smallFile } from '../../../libs/onnx/testing/imported-files.js';
import { withGraphFields } from '../../../libs/onnx/testing/imported-edits.js';
import { artifact, dataset, head, pairs, put, vf, type BadInput } from './bad-input.js';

const npy = encodeNpy({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
const pickle = Buffer.from('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.');
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
/** One tensor `a` of so many bytes behind it. */
const tensorOf = (shape: readonly number[], begin: number, end: number) =>
  `{"dtype":"F32","shape":[${shape.join()}],"data_offsets":[${begin},${end}]}`;
const safetensorsWith = (headerText: string, declared = BigInt(headerText.length), data = 16) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared);
  return Buffer.concat([length, Buffer.from(headerText), Buffer.alloc(data)]);
};

const longHeader = Buffer.concat([npy.subarray(0, 6), Buffer.from([2, 0, 255, 255, 255, 255]), npy.subarray(12)]);

const brokenSafetensors: readonly (readonly [what: string, file: Uint8Array])[] = [
  ['no header', safetensorsWith('', 0n)],
  ['a header longer than the file', safetensorsWith('{}', 1_000n)],
  ['tensors that overlap', safetensorsWith(`{"a":${tensorOf([2], 0, 8)},"b":${tensorOf([3], 4, 16)}}`)],
  ['a hole', safetensorsWith(`{"a":${tensorOf([1], 0, 4)},"b":${tensorOf([2], 8, 16)}}`)],
  ['sizes whose product overflows', safetensorsWith(`{"a":${tensorOf([2 ** 31, 2 ** 31, 4], 0, 16)}}`)],
];

const manyTensors = () => `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":${tensorOf([0], 0, 0)}`).join()}}`;

/** A denoiser whose weights lie in a file of the server. */
const external = withGraphFields(
  smallFile((graph, x) => graph.op('Sin', [x])),
  protobufField(5, [protobufField(8, 'far'), protobufField(14, 1)]),
);
const importConfig = {
  obsSize: 3,
  actionHorizon: 4,
  actionDim: 2,
  diffusion: { numTrainTimesteps: 100, betaSchedule: 'squaredcos_cap_v2', predictionType: 'epsilon' },
};
const importQuery = new URLSearchParams({
  format: 'onnx',
  config: Buffer.from(JSON.stringify(importConfig)).toString('base64url'),
});

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
  ['npy of nothing but its first bytes', artifact(npy.subarray(0, 8)), 422, 'invalid_npy'],
  ['npy whose first bytes are others', artifact(Buffer.concat([Buffer.from('NUMPX'), npy])), 422, 'unsupported_format'],
  ['npy with a header of 4 GiB', artifact(longHeader), 422, 'invalid_npy'],
  ['npy of 33 dimensions', artifact(npyWith(typed('<f4', `(${'1,'.repeat(33)})`), 4)), 422, 'invalid_npy'],
  ...['|O', '<U8', '|V2', '<c16'].map((dtype): BadInput => [
    `npy of dtype ${dtype}`,
    artifact(npyWith(typed(dtype, '(2,)'), 16)),
    422,
    'unsupported_dtype',
  ]),
  [
    'npy of a structure',
    artifact(npyWith("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8)),
    422,
    'unsupported_dtype',
  ],
  ['npy that lies about its size', artifact(npyWith(typed('<f4', '(65536, 65536)'), 16)), 422, 'size_mismatch'],
  ['npy one byte short', artifact(npy.subarray(0, -1)), 422, 'size_mismatch'],
  ['npy one byte long', artifact(Buffer.concat([npy, Buffer.of(0)])), 422, 'size_mismatch'],
  ...brokenSafetensors.map(([what, file]): BadInput => [
    `safetensors with ${what}`,
    artifact(file),
    422,
    'invalid_safetensors',
  ]),
  ['100,000 tensors', dataset(safetensorsWith(manyTensors())), 422, 'too_many_tensors'],
  ['safetensors with a header of 2^63', artifact(safetensorsWith('{}', 2n ** 63n)), 422, 'invalid_safetensors'],
  [
    'safetensors with offsets past the end',
    artifact(safetensorsWith('{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}')),
    422,
    'invalid_safetensors',
  ],
  ['safetensors with two tensors', artifact(pairs([2, 1], [2, 1, 1])), 422, 'unsupported_format'],
  ['a pickle', artifact(pickle), 422, 'unsupported_format'],
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
  [
    'a model with weights in another file',
    put(`/v1/models/refused/versions?${importQuery.toString()}`, external),
    422,
    'onnx_external_data',
  ],
  [
    'a model with a policy that is none',
    put(`/v1/models/refused/versions?policy=${Buffer.from('{"fps":0}').toString('base64url')}`, 'x'),
    ...vf('fps'),
  ],
  ['a model with a policy that is no JSON', put('/v1/models/refused/versions?policy=e30x', 'x'), 400, 'invalid_json'],
  ['ONNX as an artifact', artifact(external), 422, 'unsupported_format'],
  ['ONNX as a dataset', dataset(external), 422, 'unsupported_format'],
  ['a pickle as a dataset', dataset(pickle), 422, 'unsupported_format'],
  ['HTML as a dataset', dataset('<!doctype html><html></html>'), 422, 'unsupported_format'],
  ['a dataset whose actions are flat', dataset(pairs([4, 3], [4, 8])), 422, 'dataset_invalid'],
  ['an empty dataset', dataset(''), 422, 'dataset_invalid'],
  ['a dataset of one row', dataset(pairs([1, 3], [1, 4, 2])), 422, 'dataset_invalid'],
  ['a dataset whose counts differ', dataset(pairs([4, 3], [5, 4, 2])), 422, 'dataset_invalid'],
  ['a dataset without actions', dataset(npy), 422, 'dataset_invalid'],
  ['a dataset that is a GIF', dataset('GIF89a................'), 422, 'unsupported_format'],
];
