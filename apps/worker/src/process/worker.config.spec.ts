import { describe, expect, it } from 'vitest';
import { InvalidConfigError } from '#server';
import { loadWorkerConfig } from './worker.config.js';

describe('the configuration of a worker', () => {
  it.each([
    ['a backend that nobody wrote', { STRIDE_BACKEND: 'torch' }, /^STRIDE_BACKEND: .*auto.*onnx.*tfjs.*, got "torch"$/],
    ['a provider that nobody has', { STRIDE_PROVIDER: 'cpu,tpu' }, /^STRIDE_PROVIDER: .*wasm.*, got "cpu,tpu"$/],
  ])('refuses %s, and says which there are', (_, source: NodeJS.ProcessEnv, message) => {
    expect(() => loadWorkerConfig(source)).toThrow(InvalidConfigError);
    expect(() => loadWorkerConfig(source)).toThrow(message);
  });

  it('takes each backend with providers of its own', () => {
    const { STRIDE_BACKEND, STRIDE_PROVIDER } = loadWorkerConfig({
      STRIDE_BACKEND: 'tfjs',
      STRIDE_PROVIDER: 'node,wasm',
    });
    expect([STRIDE_BACKEND, STRIDE_PROVIDER]).toEqual(['tfjs', ['node', 'wasm']]);
    expect(loadWorkerConfig({})).toMatchObject({ STRIDE_BACKEND: 'auto', STRIDE_PROVIDER: [] });
  });
});
