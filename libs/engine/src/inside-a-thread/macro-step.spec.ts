import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RAW_OUTPUT_ROW, encodeObservations, initialParameters, mlpPredict, sample, type SamplingOptions } from '#ddim';
import { applyStep } from '../../../ddim/src/math/step.js';
import type { DenoiserBackend, LoadedDenoiser } from '../backend/backend.js';
import { assembleMacroStep } from '../self-test/self-test-rows.js';
import { drive, driveEachAlone } from '../../testing/drive-rows.js';
import {
  bytes,
  config,
  D,
  forms,
  H,
  mixedRows,
  normals,
  nullCondition,
  parameters,
  plan,
  rowOf,
  someMask,
} from '../../testing/probe-rows.js';
import { openBackend, realBackends } from '../../testing/real-backends.js';

describe.each(realBackends)('a macro-step on $name', (real) => {
  let backend: DenoiserBackend;
  let denoiser: LoadedDenoiser;
  beforeAll(async () => {
    backend = await openBackend(real);
    denoiser = await backend.load({ version: 'spec@1', config, parameters }, 'float32');
  });
  afterAll(() => backend.close());

  const options: Array<Partial<SamplingOptions>> = [
    {},
    { clipSample: false },
    { clipSampleRange: 0.3 },
    { useClippedModelOutput: true },
    { eta: 1 },
    { eta: 1, noiseVariance: 'large' },
    { compat: 'edifice', eta: 0.5 },
  ];
  const cases = forms.flatMap((form) => options.map((option) => ({ form, option })));

  it.each(cases)(
    'does each step of $form.predictionType/$form.preconditioning $option as applyStep does',
    async ({ form, option }) => {
      if (option.compat && form.preconditioning === 'edm') return; // Edifice knows no skip output
      const steps = plan({ numInferenceSteps: 6, timestepSpacing: 'linspace', ...option }, form);
      const row = rowOf(steps, 3);
      for (const [k, step] of row.steps.entries()) {
        const single = (coefficients: readonly number[]) => ({ ...row, steps: [{ ...step, coefficients }] });
        const [[F], [stepped]] = [
          await drive(denoiser, [single(RAW_OUTPUT_ROW)], { stepsPerCall: [1] }),
          await drive(denoiser, [single(step.coefficients)], { stepsPerCall: [1] }),
        ];
        const expected = new Float32Array(D);
        applyStep(steps, k, row.x, F, step.z ?? null, expected);
        // Nine roundings to float32 of terms whose sizes add up to `size`, with or without fused
        // multiply-adds.
        const [a, b, c, d, e, s] = step.coefficients.map(Math.abs);
        const size = (i: number) =>
          c * (a * Math.abs(row.x[i]) + b * Math.abs(F[i])) + d * Math.abs(F[i]) + e * Math.abs(row.x[i]) + s * 7;
        for (let i = 0; i < D; i++)
          expect(Math.abs(stepped[i] - expected[i])).toBeLessThanOrEqual(9 * 2 ** -24 * size(i));
      }
    },
  );

  it('predicts x0 of its last step', async () => {
    const steps = plan({ numInferenceSteps: 4 });
    const row = rowOf(steps, 5);
    const x0 = new Float32Array(D);
    const macroStep = { ...assembleMacroStep([{ row, x: row.x, done: 0 }], 4, false), x0 };
    await denoiser.advance(macroStep);
    // The last step ends at the final level ā = 1, where x' is x0.
    expect(x0).toEqual(macroStep.x);
  });

  it.each(['plain', 'extended'])('gives the same bytes whether or not somebody wants to see x0: %s', async (graph) => {
    const rows = mixedRows.map((row) => ({ row, x: row.x, done: 0 }));
    const assemble = () => assembleMacroStep(rows, 3, graph === 'extended');
    const x0 = new Float32Array(mixedRows.length * D);
    const [seen, unseen] = [{ ...assemble(), x0 }, assemble()];
    await denoiser.advance(seen);
    expect(x0.some((value) => value !== 0)).toBe(true);
    x0.fill(7);
    await denoiser.advance(unseen);
    expect(bytes([unseen.x])).toEqual(bytes([seen.x]));
    expect(x0.every((value) => value === 7)).toBe(true);
  });

  it.each(forms)('samples what the reference sampler samples with $predictionType/$preconditioning', async (form) => {
    const formConfig = { ...config, ...form };
    const predict = mlpPredict(formConfig, parameters);
    for (const option of options) {
      if (option.compat && form.preconditioning === 'edm') continue;
      const steps = plan({ numInferenceSteps: 50, ...option }, form);
      const rows = [0, 1, 2].map((row) => rowOf(steps, row));
      const conditions = new Float32Array(3 * H);
      for (const [i, row] of rows.entries()) conditions.set(row.condition, i * H);
      const expected = sample(predict, steps, { seed: 1, rows: 3, outputSize: D, conditions });
      const actual = await drive(denoiser, rows, { stepsPerCall: [5, 10] });
      // Relative to the results: without clipping, an untrained network's samples grow to hundreds.
      const scale = Math.max(1, ...expected.map(Math.abs));
      for (const [i, x] of actual.entries())
        expect(maxDifference(x, expected.subarray(i * D, (i + 1) * D))).toBeLessThan(1e-5 * scale);
    }
  });

  it('guides and keeps known actions as the reference sampler does', async () => {
    const predict = mlpPredict(config, parameters);
    const steps = plan({ numInferenceSteps: 20, guidanceScale: 3, eta: 0.5 });
    const known = { mask: someMask, values: normals(D, 300) };
    const row = rowOf(steps, 0, { guidance: { nullCondition, scale: 3 }, known });
    const expected = sample(predict, steps, {
      seed: 1,
      rows: 1,
      outputSize: D,
      conditions: row.condition,
      nullCondition,
      fixedActions: known,
    });
    const [actual] = await drive(denoiser, [row], { stepsPerCall: [5], extended: true });
    expect(maxDifference(actual, expected)).toBeLessThan(1e-5);
    for (let i = 0; i < D; i += 5) expect(actual[i]).toBe(known.values[i]);
  });

  it('serves every batch from 1 to 256 rows and every number of steps with one loaded denoiser', async () => {
    const rows = Array.from({ length: 256 }, (_, i) => rowOf(plan({ numInferenceSteps: 1 + (i % 7) }), i));
    const alone = bytes(await driveEachAlone(denoiser, rows));
    for (let B = 1; B <= 256; B++) {
      const K = [1, 2, 5, 10, 25, 50][B % 6];
      expect(bytes(await drive(denoiser, rows.slice(0, B), { stepsPerCall: [K] }))).toEqual(alone.slice(0, B));
    }
  });

  it('takes memory that may be shared between threads', async () => {
    const assembled = assembleMacroStep([{ row: mixedRows[0], x: mixedRows[0].x, done: 0 }], 2, false);
    const own = { ...assembled, x0: new Float32Array(D) };
    const macroStep = {
      ...own,
      x: sharedFloats(own.x),
      x0: sharedFloats(new Float32Array(D)),
      conditions: sharedFloats(own.conditions),
      timesteps: sharedIntegers(own.timesteps),
      coefficients: sharedFloats(own.coefficients),
      noise: { z: sharedFloats(own.noise.z), index: sharedIntegers(own.noise.index) },
    };
    await denoiser.advance(own);
    await denoiser.advance(macroStep);
    expect([...macroStep.x]).toEqual([...own.x]);
    expect([...macroStep.x0]).toEqual([...own.x0]);
  });

  it('has the null condition for every row of an unconditional model', async () => {
    const unconditional = { ...config, obsSize: 0 };
    const own = initialParameters(unconditional, 3);
    const loaded = await backend.load({ version: 'free@1', config: unconditional, parameters: own }, 'float32');
    const conditions = new Float32Array(3 * H);
    await loaded.encodeObservations(new Float32Array(0), conditions, 3);
    const single = encodeObservations(unconditional, own, null);
    expect([...conditions]).toEqual([...single, ...single, ...single]);
    await loaded.dispose();
  });
});

function sharedFloats(array: Float32Array): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

function sharedIntegers(array: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

function maxDifference(actual: Float32Array, expected: Float32Array | readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
}
