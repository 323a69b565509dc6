import type { TrainingCheckpoint } from '#training';
import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../formats/safetensors.js';
import { decodeTrainingCheckpoint, encodeTrainingCheckpoint } from './training-checkpoint.js';

const checkpoint: TrainingCheckpoint = {
  update: 1_000,
  configHash: 'c0ffee',
  backend: 'onnx',
  provider: 'cpu',
  tensors: [
    { name: 'ema/noise_out.bias', shape: [2], data: Float32Array.of(0.1, -0.2) },
    { name: 'parameters/noise_out.bias', shape: [2], data: Float32Array.of(1, 2) },
  ],
  metadata: { rng: '{"seed":7}' },
};

describe('a training checkpoint as bytes', () => {
  it('comes back equal', () => {
    expect(decodeTrainingCheckpoint(encodeTrainingCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('is the same bytes every time', () => {
    const reversed = { ...checkpoint, tensors: [...checkpoint.tensors].reverse() };
    expect(encodeTrainingCheckpoint(reversed)).toEqual(encodeTrainingCheckpoint(checkpoint));
  });

  it('is refused with one byte less, and when it is something else', () => {
    const bytes = encodeTrainingCheckpoint(checkpoint);
    expect(() => decodeTrainingCheckpoint(bytes.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'invalid_safetensors' }),
    );
    for (const header of [undefined, 'no JSON', '{"format":2}', '{"format":1,"update":-1}']) {
      const metadata: Record<string, string> = header === undefined ? {} : { stride_checkpoint: header };
      expect(() => decodeTrainingCheckpoint(encodeSafetensors(checkpoint.tensors, metadata))).toThrow(
        expect.objectContaining({ name: 'InputError', code: 'unsupported_format' }),
      );
    }
    const header = JSON.stringify({ format: 1, update: 1, configHash: '', backend: '', provider: '' });
    const integers = { name: 'a', dtype: 'int32', shape: [1], data: Int32Array.of(1) } as const;
    expect(() => decodeTrainingCheckpoint(encodeSafetensors([integers], { stride_checkpoint: header }))).toThrow(
      expect.objectContaining({ code: 'unsupported_dtype' }),
    );
  });
});
