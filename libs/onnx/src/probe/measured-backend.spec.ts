import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bf16Predict, mlpPredict, type Predict } from '#ddim';
import { runSelfTest, type DenoiserBackend } from '#engine';
import { createBackend } from './measured-backend.js';
import { createBackend as createUsedBackend } from '../sampling/backend.js';
import { drive } from '../../../engine/testing/drive-rows.js';
import { config, parameters, plan, rowOf } from '../../../engine/testing/probe-rows.js';

const model = { version: 'spec@1', config, parameters };

describe('bf16 on the backend that measures', () => {
  let backend: DenoiserBackend;
  beforeAll(async () => {
    backend = await createBackend({ providers: ['cpu'] });
  });
  afterAll(() => backend.close());

  it('rounds as its reference does, which is not float32, each row by itself', async () => {
    const bf16 = await backend.load(model, 'bf16');
    const probes = Array.from({ length: 8 }, (_, row) => rowOf(plan({ numInferenceSteps: 1 }), row));
    const raw = probes.map((probe) => ({
      ...probe,
      steps: [{ ...probe.steps[0], coefficients: [0, 0, 0, 1, 0, 0, -1, 1] }],
    }));
    const results = await drive(bf16, raw, { stepsPerCall: [1] });
    const errorFrom = (predict: Predict): number =>
      Math.max(
        ...probes.flatMap(({ x, steps, condition }, row) =>
          Array.from(predict(x, steps[0].timestep, condition), (F, j) => Math.abs(F - results[row][j])),
        ),
      );
    expect(errorFrom(mlpPredict(config, parameters))).toBeGreaterThan(1e-3);
    expect(errorFrom(bf16Predict(config, parameters))).toBeLessThan(1e-3 / 2);
    expect(await runSelfTest(bf16, model, 'bf16')).toBe(true);
  });

  it('is not offered where jobs run', async () => {
    const used = await createUsedBackend({ providers: ['cpu'] });
    await expect(used.load(model, 'bf16')).rejects.toThrow(
      'precision must be float32 or int8 on provider cpu, got bf16',
    );
    await used.close();
  });
});
