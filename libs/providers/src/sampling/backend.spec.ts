import { describe, expect, it } from 'vitest';
import { createBackend } from './backend.js';
import { TINY_CONFIG, tinyModel } from '../../../engine/testing/requests.js';
import { mlpFile } from '../../../onnx/testing/imported-files.js';

const model = tinyModel('network');
const file = { version: 'file', config: TINY_CONFIG, file: mlpFile(TINY_CONFIG, model.parameters) };

describe('two candidates as one backend', () => {
  it('run our network on the first and imported files on the second', async () => {
    const backend = await createBackend({ providers: ['onnx:cpu', 'onnx:cpu'] });
    expect(backend.info).toMatchObject({
      kind: 'onnx',
      provider: 'cpu',
      version: expect.stringMatching(/, files on onnx:cpu [\d.]+$/),
    });
    expect((await backend.load(model, 'float32')).batchInvariant).toBe(true);
    expect((await backend.load(file, 'float32')).batchInvariant).toBe(true);
    await backend.close();
  });

  it('open the second only for a file', async () => {
    const backend = await createBackend({ providers: ['onnx:cpu', 'cuda'] });
    await backend.load(model, 'float32');
    await expect(backend.load(file, 'float32')).rejects.toThrow(/CUDA|cuda|koffi|driver/);
    await backend.close();
  });

  it.each([['tpu', 'onnx:cpu'], ['onnx:cpu']])('are known by their names: %s, %s', async (...providers) => {
    await expect(createBackend({ providers })).rejects.toMatchObject({ code: 'unknown_provider' });
  });
});
