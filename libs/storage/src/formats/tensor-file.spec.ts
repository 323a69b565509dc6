import { zipSync } from 'fflate';
import { InputError } from '#ddim';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from './npy.js';
import { encodeSafetensors } from './safetensors.js';
import { decodeSingleTensor, decodeTensorFile, tensorFileFormat } from './tensor-file.js';

const tensor = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const;
const npy = encodeNpy(tensor);
const npz = zipSync({ 'a.npy': npy });
const safetensors = encodeSafetensors([{ name: 'a', ...tensor }]);

/** The first bytes of real files. */
const foreign: Record<string, Uint8Array> = {
  'a pickle': Buffer.from('\x80\x02}q\x00(X\x07\x00\x00\x00weights', 'latin1'),
  'a pickle of protocol 4': Buffer.from('\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00}\x94', 'latin1'),
  'a GIF': Buffer.from('GIF89a\x01\x00\x01\x00\x80\x00\x00', 'latin1'),
  'a PNG': Buffer.from('\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR', 'latin1'),
  'a web page': Buffer.from('<!DOCTYPE html><html></html>'),
  'an ONNX model': Buffer.from('\x08\x0a\x12\x07pytorch\x1a\x051.0.0', 'latin1'),
  JSON: Buffer.from('{"observations": [[1, 2], [3, 4]]}'),
  CSV: Buffer.from('x1,y1,x2,y2,digit\n47,100,27,81,8\n'),
  'a gzip stream': Buffer.from('\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03', 'latin1'),
  'seven bytes': Buffer.alloc(7),
  'no bytes': Buffer.alloc(0),
};

describe('tensorFileFormat', () => {
  it('knows a file by its first bytes', () => {
    expect([npy, npz, safetensors].map(tensorFileFormat)).toEqual(['npy', 'npz', 'safetensors']);
    expect(tensorFileFormat(zipSync({}))).toBe('npz');
  });

  it('leaves it to the decoder to say what is wrong with safetensors', () => {
    const huge = Buffer.from(safetensors);
    huge.writeBigUInt64LE(2n ** 63n);
    expect(tensorFileFormat(huge)).toBe('safetensors');
    expect(tensorFileFormat(Buffer.alloc(100))).toBe('safetensors');
  });

  it.each(Object.entries(foreign))('refuses %s', (_, bytes) => {
    expect(() => tensorFileFormat(bytes)).toThrow(expect.objectContaining({ code: 'unsupported_format' }));
    expect(() => tensorFileFormat(bytes)).toThrow(InputError);
  });
});

describe('decodeTensorFile', () => {
  it.each([
    ['safetensors', safetensors, 'a'],
    ['npz', npz, 'a'],
    ['npy', npy, 'array'],
  ])('reads %s', async (_, bytes, name) => {
    const tensors = await decodeTensorFile(bytes);
    expect(tensors.size).toBe(1);
    expect(tensors.get(name)?.data).toEqual(tensor.data);
  });
});

describe('decodeSingleTensor', () => {
  it('reads npy, and safetensors with one tensor', () => {
    expect(decodeSingleTensor(npy).data).toEqual(tensor.data);
    expect(decodeSingleTensor(safetensors).data).toEqual(tensor.data);
  });

  it('refuses files with another number of tensors', () => {
    const two = encodeSafetensors(['a', 'b'].map((name) => ({ name, ...tensor })));
    for (const bytes of [two, encodeSafetensors([]), npz])
      expect(() => decodeSingleTensor(bytes)).toThrow(expect.objectContaining({ code: 'unsupported_format' }));
  });
});
