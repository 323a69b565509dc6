import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '../onnx/backend.js';
import { onnxBackendModule } from '../onnx/index.js';
import type { DenoiserBackend, LoadedDenoiser } from './backend.js';
import type { EngineOptions } from './engine-options.js';
import { Engine } from './engine.js';
import { mixedRequests, tinyModel } from './testing/requests.js';
import { runAlone } from './testing/row-alone.js';

const CPU = { providers: ['cpu'], deviceIndex: 0 };

function options(overrides: Partial<EngineOptions> = {}): EngineOptions {
  return {
    backendModule: onnxBackendModule,
    backend: CPU,
    threads: 2,
    maxBatchRows: 64,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve(tinyModel(version)),
    ...overrides,
  };
}

describe('an engine on ONNX Runtime', () => {
  const model = tinyModel('tiny@1');
  let backend: DenoiserBackend;
  let denoiser: LoadedDenoiser;
  beforeAll(async () => {
    backend = await createBackend(CPU);
    denoiser = await backend.load(model, 'float32');
  });
  afterAll(() => backend.close());

  it.each([1, 2])('gives every row the bytes it gets alone, on %i threads', async (threads) => {
    const requests = mixedRequests(39);
    const engine = await Engine.start(options({ threads }));
    const results = await Promise.all(requests.map((request) => engine.submit(request)));
    await engine.close();
    for (const [i, request] of requests.entries())
      expect(results[i].actions, `request ${i}`).toEqual(await runAlone(denoiser, model, request));
  });
});
