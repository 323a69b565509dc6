import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RAW_OUTPUT_ROW } from '../coefficients.js';
import type { DenoiserBackend, LoadedDenoiser } from '../engine/backend.js';
import { assembleMacroStep, type ProbeRow, type ProbeState } from '../engine/self-test-rows.js';
import {
  applyStep,
  encodeObservations,
  initialParameters,
  mlpPredict,
  sample,
  type SamplingOptions,
} from '../index.js';
import { createBackend } from './backend.js';
import {
  bytes,
  config,
  D,
  extendedRows,
  forms,
  H,
  mixedRows,
  normals,
  nullCondition,
  parameters,
  plan,
  rowOf,
  someMask,
  someRows,
} from './testing/probe-rows.js';

let backend: DenoiserBackend;
let denoiser: LoadedDenoiser;
beforeAll(async () => {
  backend = await createBackend({ providers: ['cpu'], deviceIndex: 0 });
  denoiser = await backend.load({ version: 'spec@1', config, parameters }, 'float32');
});
afterAll(() => backend.close());

interface Drive {
  /** Numbers of steps per call, used in turn. */
  readonly stepsPerCall: readonly number[];
  /** Which of the unfinished rows go into the next call. */
  readonly choose?: (unfinished: ProbeState[]) => ProbeState[];
  readonly extended?: boolean;
  readonly on?: LoadedDenoiser;
}

/** Runs rows to their ends, in whatever batches `choose` makes. */
async function drive(rows: readonly ProbeRow[], { stepsPerCall, choose, extended = false, on = denoiser }: Drive) {
  const states: Array<{ row: ProbeRow; x: Float32Array; done: number }> = rows.map((row) => ({
    row,
    x: row.x,
    done: 0,
  }));
  for (let call = 0; states.some(({ row, done }) => done < row.steps.length); call++) {
    const unfinished = states.filter(({ row, done }) => done < row.steps.length);
    const chosen = new Set(choose ? choose(unfinished) : unfinished);
    const batch = states.filter((state) => chosen.has(state));
    const K = stepsPerCall[call % stepsPerCall.length];
    const macroStep = assembleMacroStep(batch, K, extended);
    await on.advance(macroStep);
    for (const [i, state] of batch.entries()) {
      state.x = macroStep.x.slice(i * D, (i + 1) * D);
      state.done += K;
    }
  }
  return states.map(({ x }) => x);
}

async function driveEachAlone(rows: readonly ProbeRow[], extended = false): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  for (const row of rows) results.push(...(await drive([row], { stepsPerCall: [1], extended })));
  return results;
}

describe('a macro-step', { timeout: 60_000 }, () => {
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
          await drive([single(RAW_OUTPUT_ROW)], { stepsPerCall: [1] }),
          await drive([single(step.coefficients)], { stepsPerCall: [1] }),
        ];
        const expected = new Float32Array(D);
        applyStep(steps, k, row.x, F, step.z ?? null, expected);
        // Nine roundings to float32 of terms whose sizes add up to `size`, with or without fused multiply-adds.
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
    const macroStep = assembleMacroStep([{ row, x: row.x, done: 0 }], 4, false);
    await denoiser.advance(macroStep);
    // The last step ends at the final level ā = 1, where x' is x0.
    expect(macroStep.x0).toEqual(macroStep.x);
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
      const actual = await drive(rows, { stepsPerCall: [5, 10] });
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
    const [actual] = await drive([row], { stepsPerCall: [5], extended: true });
    expect(maxDifference(actual, expected)).toBeLessThan(1e-5);
    for (let i = 0; i < D; i += 5) expect(actual[i]).toBe(known.values[i]);
  });

  it('serves every batch from 1 to 256 rows and every number of steps with one graph', async () => {
    const rows = Array.from({ length: 256 }, (_, i) => rowOf(plan({ numInferenceSteps: 1 + (i % 7) }), i));
    const alone = bytes(await driveEachAlone(rows));
    for (let B = 1; B <= 256; B++) {
      const K = [1, 2, 5, 10, 25, 50][B % 6];
      expect(bytes(await drive(rows.slice(0, B), { stepsPerCall: [K] }))).toEqual(alone.slice(0, B));
    }
  });
});

describe('the bytes of a row', { timeout: 60_000 }, () => {
  let alone: string[];
  let extendedAlone: string[];
  beforeAll(async () => {
    alone = bytes(await driveEachAlone(mixedRows));
    extendedAlone = bytes(await driveEachAlone(extendedRows, true));
  });

  it.each([1, 2, 3, 5, 10, 25, 50])(
    'are those it gets alone when 40 rows run together %i steps at a time',
    async (K) => {
      expect(bytes(await drive(mixedRows, { stepsPerCall: [K] }))).toEqual(alone);
    },
  );

  it('are those it gets alone in pairs', async () => {
    for (let i = 0; i < mixedRows.length; i += 2)
      expect(bytes(await drive(mixedRows.slice(i, i + 2), { stepsPerCall: [4] }))).toEqual(alone.slice(i, i + 2));
  });

  it.each([1, 2, 3, 4, 5])('are those it gets alone in random sub-batches and splits, seed %i', async (seed) => {
    expect(bytes(await drive(mixedRows, { stepsPerCall: [3, 1, 10, 2, 7], choose: someRows(seed) }))).toEqual(alone);
  });

  it('are the same from the extended graph', async () => {
    expect(bytes(await drive(mixedRows, { stepsPerCall: [4, 1, 9], choose: someRows(6), extended: true }))).toEqual(
      alone,
    );
  });

  it('are those it gets alone beside guided and fixed rows, and theirs are, too', async () => {
    const all = [extendedRows[0], ...mixedRows, extendedRows[1], extendedRows[2]];
    const expected = [extendedAlone[0], ...alone, extendedAlone[1], extendedAlone[2]];
    expect(bytes(await drive(all, { stepsPerCall: [3, 8], choose: someRows(7), extended: true }))).toEqual(expected);
  });

  it('do not depend on neighbours that hold NaN or infinity, which do not get well either', async () => {
    const poisoned = [rowOf(plan({ numInferenceSteps: 10 }), 50), rowOf(plan({ numInferenceSteps: 10 }), 51)];
    poisoned[0].x[3] = Number.NaN;
    poisoned[1].condition[0] = Number.POSITIVE_INFINITY;
    const results = await drive([poisoned[0], ...mixedRows, poisoned[1]], { stepsPerCall: [5] });
    expect(bytes(results.slice(1, -1))).toEqual(alone);
    for (const sick of [results[0], results[41]]) expect(sick.every(Number.isFinite)).toBe(false);
  });

  it('do not change while the row is idle', async () => {
    const row = { ...mixedRows[0], steps: [] };
    const [busy] = mixedRows.slice(1);
    const macroStep = assembleMacroStep(
      [
        { row, x: row.x, done: 0 },
        { row: busy, x: busy.x, done: 0 },
      ],
      10,
      false,
    );
    await denoiser.advance(macroStep);
    expect(bytes([macroStep.x.subarray(0, D)])).toEqual(bytes([row.x]));
  });

  it('do not depend on how many observations are encoded together', async () => {
    const observations = normals(50 * config.obsSize, 9);
    const together = new Float32Array(50 * H);
    await denoiser.encodeObservations(observations, together, 50);
    for (let i = 0; i < 50; i++) {
      const single = new Float32Array(H);
      await denoiser.encodeObservations(observations.slice(i * config.obsSize, (i + 1) * config.obsSize), single, 1);
      expect(bytes([single])).toEqual(bytes([together.subarray(i * H, (i + 1) * H)]));
    }
    expect(maxDifference(together, encodeObservations(config, parameters, observations))).toBeLessThan(1e-5);
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

describe('memory of the caller', () => {
  it('may be shared between threads', async () => {
    const own = assembleMacroStep([{ row: mixedRows[0], x: mixedRows[0].x, done: 0 }], 2, false);
    const macroStep = {
      ...own,
      x: sharedFloats(own.x),
      x0: sharedFloats(own.x0),
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

  it('must have the shape that the macro-step says', async () => {
    const macroStep = assembleMacroStep([{ row: mixedRows[0], x: mixedRows[0].x, done: 0 }], 2, false);
    await expect(denoiser.advance({ ...macroStep, stepsPerCall: 3 })).rejects.toThrow(
      'timesteps must be [3,1] = 3 numbers, got 2',
    );
  });
});

describe('an unconditional model', () => {
  it('has the null condition for every row', async () => {
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

function maxDifference(actual: Float32Array, expected: Float32Array | readonly number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0);
}
