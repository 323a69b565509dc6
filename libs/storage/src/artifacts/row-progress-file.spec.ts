import { describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../formats/safetensors.js';
import { decodeRowProgress, encodeRowProgress } from './row-progress-file.js';

describe('how far the rows of a job have come', () => {
  const progress = {
    arithmetic: 'onnx cpu',
    steps: Int32Array.of(3, 0, 7),
    states: Float32Array.from({ length: 12 }, (_, i) => Math.fround(i / 7)),
    rowSeconds: 0.1 + 0.2,
  };

  it('is read as it was written, bit by bit', () => {
    expect(decodeRowProgress(encodeRowProgress(progress, 'smp_1'), 'smp_1')).toEqual(progress);
  });

  it('is nothing to another job, nor to a release that knows another format', () => {
    expect(decodeRowProgress(encodeRowProgress(progress, 'smp_1'), 'smp_2')).toBeUndefined();
    const other = encodeSafetensors([], { format: 'stride-row-progress-2', job: 'smp_1' });
    expect(decodeRowProgress(other, 'smp_1')).toBeUndefined();
  });
});
