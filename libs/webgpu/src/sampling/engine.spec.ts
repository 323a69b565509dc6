import { describe, expect, it } from 'vitest';
import { mlpPredict, sample, encodeObservations, outputSize } from '#ddim';
import { compiledModuleUrl, Engine } from '#engine';
import { TINY_CONFIG, tinyModel, tinyRequest } from '../../../engine/testing/requests.js';
import { ROWS_THAT_LOSE } from '../../testing/lossy-backend.js';
import { noDeviceReason } from '../../testing/software-device.js';

const backendModule = compiledModuleUrl(new URL('../../testing/lossy-backend.ts', import.meta.url)).href;

describe.skipIf(noDeviceReason !== '')('an engine on kernels of our own' + noDeviceReason, () => {
  it('goes on in another thread when the device is lost in the middle of a call, with the same bytes', async () => {
    const reasons: Array<string | undefined> = [];
    const source = tinyModel('tiny@1');
    const model = { ...source, parameters: new Map([...source.parameters, ['losses', new Float32Array(1)]]) };
    const engine = await Engine.start({
      backendModule,
      backend: { providers: ['webgpu'] },
      modelMemoryBytes: 2 ** 30,
      loadModel: () => Promise.resolve(model),
      observer: { onThread: ({ event, reason }) => void (event === 'died' && reasons.push(reason)) },
    });
    const lost = tinyRequest({ rows: ROWS_THAT_LOSE, options: { numInferenceSteps: 30, eta: 0.5 } });
    const { actions } = await engine.submit(lost);
    expect(reasons).toEqual([expect.stringMatching(/^the GPU .* was lost/)]);
    const again = await engine.submit(lost);
    await engine.close();
    expect(again.actions).toEqual(actions);
    expect(reasons).toHaveLength(1);
    expect(maxDifference(actions, reference(lost))).toBeLessThan(1e-4);
  });
});

function reference(request: ReturnType<typeof tinyRequest>): Float32Array {
  const { config, parameters } = tinyModel('tiny@1');
  const conditions = encodeObservations(config, parameters, request.observations);
  return sample(mlpPredict(config, parameters), request.plan, {
    ...request,
    outputSize: outputSize(TINY_CONFIG),
    conditions,
    nullCondition: encodeObservations(config, parameters, null),
  });
}

function maxDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
}
